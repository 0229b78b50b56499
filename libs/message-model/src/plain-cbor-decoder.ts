import type { Bytes } from './bytes.js';

/** Thrown inside this file only: not plain, or not deterministic; the full decoder says which. */
const NOT_PLAIN = new Error('not plain CBOR');

const DEEPEST = 32;
const BYTE_ORDER_MARK = '\uFEFF';
const utf8Text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads deterministic CBOR made of integers, text, bytes, booleans, null and arrays, and maps if `maps` says what they become.
 * `undefined` for anything else, right or wrong, which the full decoder has to judge: what is read here, that one reads too, as
 * the same value. Exists for speed.
 */
export function decodePlainCbor(
  bytes: Uint8Array,
  { maps }: { readonly maps: 'as-map' | 'unread' },
): { readonly value: unknown } | undefined {
  const reader = new PlainReader(bytes, maps === 'as-map');
  try {
    const value = reader.read(0);
    return reader.isAtEnd ? { value } : undefined;
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

class PlainReader {
  #position = 0;
  readonly #view: Buffer;

  constructor(
    bytes: Uint8Array,
    private readonly readsMaps: boolean,
  ) {
    this.#view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#position === this.#view.length;
  }

  read(depth: number): unknown {
    if (depth > DEEPEST) throw NOT_PLAIN;
    const head = this.#byte();
    const low = head & 0x1f;
    switch (head >> 5) {
      case 0:
        return this.#argument(low);
      case 1:
        return this.#negative(low);
      case 2:
        return this.#bytes(this.#argument(low));
      case 3:
        return this.#text(this.#argument(low));
      case 4:
        return this.#array(this.#argument(low), depth);
      case 5:
        return this.#map(this.#argument(low), depth);
      case 7:
        return simple(low);
      default:
        throw NOT_PLAIN;
    }
  }

  /** The shortest form only. */
  #argument(low: number): number {
    if (low < 24) return low;
    const at = this.#position;
    if (low === 24) return least(24, this.#take(1)[0]);
    if (low === 25) return least(0x100, this.#take(2) && this.#view.readUInt16BE(at));
    if (low === 26) return least(0x1_0000, this.#take(4) && this.#view.readUInt32BE(at));
    if (low !== 27) throw NOT_PLAIN;
    this.#take(8);
    const value = Number(this.#view.readBigUInt64BE(at));
    return Number.isSafeInteger(value) ? least(0x1_0000_0000, value) : notPlain();
  }

  #negative(low: number): number {
    const value = -1 - this.#argument(low);
    return Number.isSafeInteger(value) ? value : notPlain();
  }

  #bytes(length: number): Bytes {
    return new Uint8Array(this.#take(length));
  }

  #text(length: number): string {
    const encoded = this.#take(length);
    let text: string;
    try {
      text = utf8Text.decode(encoded);
    } catch {
      throw NOT_PLAIN;
    }
    return text.startsWith(BYTE_ORDER_MARK) ? notPlain() : text;
  }

  #array(length: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (let index = 0; index < length; index += 1) items.push(this.read(depth + 1));
    return items;
  }

  #map(length: number, depth: number): Map<string | number, unknown> {
    if (!this.readsMaps) throw NOT_PLAIN;
    const entries = new Map<string | number, unknown>();
    let before: Buffer | undefined;
    for (let index = 0; index < length; index += 1) {
      const start = this.#position;
      const key = this.read(DEEPEST);
      const encoded = this.#view.subarray(start, this.#position);
      const isInOrder = !before || Buffer.compare(before, encoded) < 0;
      if (!isInOrder || (typeof key !== 'string' && typeof key !== 'number')) throw NOT_PLAIN;
      before = encoded;
      entries.set(key, this.read(depth + 1));
    }
    return entries;
  }

  #byte(): number {
    return this.#take(1)[0] ?? notPlain();
  }

  #take(length: number): Buffer {
    const start = this.#position;
    this.#position += length;
    return this.#position <= this.#view.length ? this.#view.subarray(start, this.#position) : notPlain();
  }
}

function simple(low: number): boolean | null {
  if (low === 20) return false;
  if (low === 21) return true;
  return low === 22 ? null : notPlain();
}

const least = (limit: number, value: number | undefined): number =>
  value !== undefined && value >= limit ? value : notPlain();

function notPlain(): never {
  throw NOT_PLAIN;
}
