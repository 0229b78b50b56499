import { decodeCbor, toBytes, type Bytes } from '@causeway/message-model';
import { isPublicKey } from './key-pair.js';
import { LIMITS } from './limits.js';

class Refusal extends Error {}

/**
 * Reads a decoded CBOR array field by field and refuses at the first that has another type, size or form. Only inside
 * `readDocument`, which turns a refusal into `undefined`.
 */
export class FieldReader {
  readonly #fields: readonly unknown[];
  #position = 0;

  constructor(value: unknown) {
    if (!Array.isArray(value)) throw new Refusal();
    this.#fields = value;
  }

  text(maxCharacters: number = LIMITS.nameCharacters): string {
    const value = this.#next();
    return typeof value === 'string' && value.length > 0 && value.length <= maxCharacters ? value : refuse();
  }

  literal(expected: string): void {
    if (this.#next() !== expected) refuse();
  }

  oneOf<const Choice extends string>(choices: readonly Choice[]): Choice {
    const value = this.#next();
    return choices.find((choice) => choice === value) ?? refuse();
  }

  /** A text that a parser of ids accepts. */
  id<Id>(parse: (text: string) => Id | undefined): Id {
    return parse(this.text()) ?? refuse();
  }

  integer({ min, max }: { readonly min: number; readonly max: number }): number {
    const value = this.#next();
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : refuse();
  }

  /** Seconds or milliseconds since the epoch. */
  time(): number {
    return this.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  }

  bytes({ min, max }: { readonly min: number; readonly max: number }): Bytes {
    const value = this.#next();
    return value instanceof Uint8Array && value.length >= min && value.length <= max ? toBytes(value) : refuse();
  }

  exactBytes(length: number): Bytes {
    return this.bytes({ min: length, max: length });
  }

  /** 33 bytes that `isPublicKey` accepts. */
  publicKey(): Bytes {
    const key = this.exactBytes(33);
    return isPublicKey(key) ? key : refuse();
  }

  /** A fixed array inside the array; call `end` on it. */
  nested(): FieldReader {
    return new FieldReader(this.#next());
  }

  /** A list of arrays, each read by a reader of its own, which must use up its fields. */
  rows<Row>(max: number, read: (row: FieldReader) => Row): Row[] {
    const value = this.#next();
    if (!Array.isArray(value) || value.length === 0 || value.length > max) return refuse();
    return value.map((item) => readAll(item, read));
  }

  /** A list of different texts, in order, at least one. */
  names(max: number, isName: (text: string) => boolean): string[] {
    const value = this.#next();
    if (!Array.isArray(value) || value.length === 0 || value.length > max) return refuse();
    const names = value.map((item: unknown) => (typeof item === 'string' && isName(item) ? item : refuse()));
    return new Set(names).size === names.length ? names : refuse();
  }

  /** Refuses fields nobody read: what is signed is exactly what was understood. */
  end(): void {
    if (this.#position !== this.#fields.length) refuse();
  }

  #next(): unknown {
    if (this.#position >= this.#fields.length) return refuse();
    return this.#fields[this.#position++];
  }
}

/** Refuses the document that is being read, from inside the function that reads it. */
export function refuse(): never {
  throw new Refusal();
}

/** `undefined` unless the bytes are one deterministic CBOR array that `read` accepts and uses up. */
export function readDocument<Result>(bytes: Uint8Array, read: (fields: FieldReader) => Result): Result | undefined {
  if (bytes.length > LIMITS.documentBytes) return undefined;
  const decoded = decodeOrRefuse(bytes);
  if (decoded === undefined) return undefined;
  try {
    return readAll(decoded, read);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function decodeOrRefuse(bytes: Uint8Array): unknown {
  try {
    return decodeCbor(bytes);
  } catch {
    return undefined;
  }
}

function readAll<Result>(value: unknown, read: (fields: FieldReader) => Result): Result {
  const fields = new FieldReader(value);
  const result = read(fields);
  fields.end();
  return result;
}
