import { encode, decode, cdeEncodeOptions, cdeDecodeOptions, Simple, Tag } from 'cbor2';
import { decodePlainCbor } from './plain-cbor-decoder.js';
import { encodePlainCbor } from './plain-cbor-encoder.js';

/** Binary values of the model: a plain `Uint8Array` (a Node `Buffer` breaks deterministic re-encoding in cbor2). */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A copy; later changes of the source do not reach it. */
export function toBytes(source: Uint8Array): Bytes {
  return new Uint8Array(source);
}

/** The same bytes as a plain array, without a copy: for a `Buffer` that was made for this and that nobody else holds. */
const plain = (made: Buffer<ArrayBuffer>): Bytes => new Uint8Array(made.buffer, made.byteOffset, made.length);

/** A lone surrogate becomes U+FFFD, as everywhere on the web platform. */
export function utf8(text: string): Bytes {
  return plain(Buffer.from(text, 'utf8'));
}

/** The parts one after another, copied. */
export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  return plain(Buffer.concat(parts));
}

/** For public values: it stops at the first difference, so it is not for comparing secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** Unpadded, RFC 4648 section 5. */
export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** Four letters for three bytes; of the last letter only the bits of the last byte may be set. */
const BASE64URL = /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$/;

/** `undefined` when the text is not canonical, unpadded base64url: two texts never stand for the same bytes. */
export function fromBase64Url(text: string): Bytes | undefined {
  return BASE64URL.test(text) ? plain(Buffer.from(text, 'base64url')) : undefined;
}

/** Deterministic CBOR, RFC 8949 section 4.2.1: the one encoding that may be signed or hashed. */
export function encodeCbor(value: unknown): Bytes {
  return encodePlainCbor(value) ?? toBytes(encode(value, cdeEncodeOptions));
}

/** Refuses what is not deterministic: indefinite lengths, longer forms, unsorted or repeated keys, trailing bytes. Throws on refusal. */
export function decodeCbor(bytes: Uint8Array): unknown {
  const plain = decodePlainCbor(bytes, { maps: 'unread' });
  return plain ? plain.value : decode(toBytes(bytes), cdeDecodeOptions);
}

/** A tagged CBOR value and a CBOR simple value, as `decodeExactCbor` returns them. */
export { Tag as CborTag, Simple as CborSimple };

/**
 * As `decodeCbor`, for values that will be encoded again: every map is a `Map` and every tag a `CborTag`, and what would not encode to
 * the same bytes (a NaN with another payload, a float that holds a whole number) is refused too. Throws on refusal.
 */
export function decodeExactCbor(bytes: Uint8Array): unknown {
  const plain = decodePlainCbor(bytes, { maps: 'as-map' });
  if (plain) return plain.value;
  const value: unknown = decode(toBytes(bytes), { ...cdeDecodeOptions, preferMap: true, ignoreGlobalTags: true });
  if (!equalBytes(encodeCbor(value), bytes))
    throw new TypeError('not the deterministic encoding of a value we can hold');
  return value;
}
