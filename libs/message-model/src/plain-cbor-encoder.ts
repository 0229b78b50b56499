import type { Bytes } from './bytes.js';

/** Thrown inside this file only: the value is not plain, somebody else encodes it. */

const NOT_PLAIN = new Error('not plain');

const ARRAY = 0x80;
const MAP = 0xa0;
const FIRST_SIZE = 16 * 1024;
/** What one large value made of the buffer is not kept for ever. */
const KEPT_SIZE = 256 * 1024;

let buffer = Buffer.alloc(FIRST_SIZE);
let end = 0;

/**
 * Deterministic CBOR of what nearly everything here is made of: integers, text, bytes, booleans, null, arrays, maps and
 * plain objects with keys in ASCII. `undefined` for anything else (floats, tags, big integers, exotic objects), which a full
 * encoder has to write. Exists for speed: ten times that of the full one. The bytes are the same.
 */
export function encodePlainCbor(value: unknown): Bytes | undefined {
  end = 0;
  try {
    write(value);
    return new Uint8Array(buffer.subarray(0, end));
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  } finally {
    // private keys pass through here
    if (buffer.length > KEPT_SIZE) buffer = Buffer.alloc(FIRST_SIZE);
    else buffer.fill(0, 0, end);
    end = 0;
  }
}

function write(value: unknown): void {
  switch (typeof value) {
    case 'string':
      return writeText(value);
    case 'number':
      return writeInteger(value);
    case 'boolean':
      return writeByte(value ? 0xf5 : 0xf4);
    case 'object':
      return writeObject(value);
    default:
      throw NOT_PLAIN;
  }
}

function writeObject(value: object | null): void {
  if (value === null) return writeByte(0xf6);
  if (Array.isArray(value)) {
    writeHead(ARRAY, value.length);
    for (let index = 0; index < value.length; index += 1) write(value[index]);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Uint8Array.prototype && value instanceof Uint8Array) return writeBytes(value);
  if (prototype === Map.prototype && value instanceof Map) return writeMap([...value]);
  if (prototype === Object.prototype) return writeMap(Object.entries(value));
  throw NOT_PLAIN;
}

/** Keys in the order of their encoded bytes, which for ASCII is the shorter first, then alphabetical; integers before text. */
function writeMap(entries: [unknown, unknown][]): void {
  if (!entries.every(([key]) => isPlainKey(key))) throw NOT_PLAIN;
  writeHead(MAP, entries.length);
  for (const [key, value] of entries.toSorted(([a], [b]) => compareKeys(a, b))) {
    write(key);
    write(value);
  }
}

// eslint-disable-next-line no-control-regex -- the whole of ASCII is meant
const ASCII = /^[\0-\x7f]*$/;
const isPlainKey = (key: unknown): boolean =>
  typeof key === 'string' ? ASCII.test(key) : Number.isSafeInteger(key) && !Object.is(key, -0);

function compareKeys(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a.length - b.length || (a < b ? -1 : 1);
  if (typeof a === 'number' && typeof b === 'number') return rankOf(a) - rankOf(b);
  return typeof a === 'number' ? -1 : 1;
}

/** Of integers as keys: 0, 1, 2 and so on before -1, -2. */
const rankOf = (value: number): number => (value >= 0 ? value - Number.MAX_SAFE_INTEGER : -1 - value);

function writeInteger(value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw NOT_PLAIN;
  if (value >= 0) writeHead(0, value);
  else writeHead(0x20, -1 - value);
}

function writeText(text: string): void {
  const size = Buffer.byteLength(text);
  writeHead(0x60, size);
  reserve(size);
  end += buffer.write(text, end, 'utf8');
}

function writeBytes(bytes: Uint8Array): void {
  writeHead(0x40, bytes.length);
  reserve(bytes.length);
  buffer.set(bytes, end);
  end += bytes.length;
}

function writeHead(major: number, argument: number): void {
  reserve(9);
  if (argument < 24) end = buffer.writeUInt8(major | argument, end);
  else if (argument < 0x100) end = buffer.writeUInt8(argument, buffer.writeUInt8(major | 24, end));
  else if (argument < 0x1_0000) end = buffer.writeUInt16BE(argument, buffer.writeUInt8(major | 25, end));
  else if (argument < 0x1_0000_0000) end = buffer.writeUInt32BE(argument, buffer.writeUInt8(major | 26, end));
  else end = buffer.writeBigUInt64BE(BigInt(argument), buffer.writeUInt8(major | 27, end));
}

function writeByte(byte: number): void {
  reserve(1);
  end = buffer.writeUInt8(byte, end);
}

function reserve(size: number): void {
  if (end + size <= buffer.length) return;
  const larger = Buffer.alloc(Math.max(buffer.length * 2, end + size));
  larger.set(buffer.subarray(0, end));
  buffer.fill(0);
  buffer = larger;
}
