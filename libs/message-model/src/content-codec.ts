import { decodeExactCbor, encodeCbor, toBytes, type Bytes } from './bytes.js';
import { CONTENT_LIMITS, type Expiration, type MimiContent } from './content.js';
import { checkExtensions } from './extensions-codec.js';
import { messageIdFromBytes, messageIdToBytes, parseMessageId, type MessageId } from './ids.js';
import { demand, isList, malformed } from './malformed-content.js';
import { partFromArray, partToArray } from './part-codec.js';

const FIELDS = 7;

/**
 * MIMI content to its one deterministic CBOR form (draft-ietf-mimi-content-08, RFC 8949 section 4.2.1).
 * Holds the content to every limit a receiver will hold it to, except the age of an absolute expiry, which needs a clock.
 * Throws `CausewayError('malformed-content')`; the detail names the rule, never the content.
 */
export function encodeContent(content: MimiContent): Bytes {
  const fields = [
    toBytes(content.salt),
    idToField(content.replaces),
    toBytes(content.topicId),
    content.expires && [content.expires.relative, content.expires.timeSeconds],
    idToField(content.inReplyTo),
    content.extensions,
    partToArray(content.part),
  ];
  readFields(fields);
  const encoded = encodeCbor(fields);
  // What can be held but not read back (an extension with the same bytes twice as a key) must not get a message id.
  decodeOrRefuse(encoded);
  return encoded;
}

/**
 * Reads MIMI content and refuses everything the draft says to discard: another encoding than the deterministic one, a salt that is not
 * 16 bytes, parts beyond 4 levels or 1,024, unknown part semantics, an expiry more than a year off, keys and values outside the data
 * model. Unknown dispositions, content types and languages are no fault. A whole number written as a float is refused too, wherever it
 * stands: it would not encode to the same bytes again, and the draft discourages floats.
 *
 * `nowMs` is the reader's clock in milliseconds since the epoch, and only decides whether an absolute expiry is a year off.
 * Throws `CausewayError('malformed-content')`; a retry cannot help.
 */
export function decodeContent(bytes: Uint8Array, nowMs: number): MimiContent {
  const content = decodeStoredContent(bytes);
  checkAge(content.expires, nowMs);
  return content;
}

/** As `decodeContent`, for content that was accepted before: growing old in a history is no fault, so an absolute expiry is not judged again. */
export function decodeStoredContent(bytes: Uint8Array): MimiContent {
  return readFields(decodeOrRefuse(bytes));
}

function decodeOrRefuse(bytes: Uint8Array): unknown {
  try {
    return decodeExactCbor(bytes);
  } catch {
    throw malformed('not deterministic CBOR');
  }
}

function readFields(value: unknown): MimiContent {
  demand(isList(value) && value.length === FIELDS, 'the content is not an array of seven');
  const [salt, replaces, topicId, expires, inReplyTo, extensions, part] = value;
  demand(salt instanceof Uint8Array && salt.length === CONTENT_LIMITS.saltBytes, 'the salt is not 16 bytes', '/salt');
  const isTopic = topicId instanceof Uint8Array && topicId.length <= CONTENT_LIMITS.topicIdBytes;
  demand(isTopic, 'the topic id is not at most 4096 bytes', '/topicId');
  return {
    salt: toBytes(salt),
    replaces: idFromField(replaces, '/replaces'),
    topicId: toBytes(topicId),
    expires: readExpiration(expires),
    inReplyTo: idFromField(inReplyTo, '/inReplyTo'),
    extensions: checkExtensions(extensions),
    part: partFromArray(part),
  };
}

function idToField(id: MessageId | null): Bytes | null {
  if (id === null) return null;
  demand(parseMessageId(id) !== undefined, 'a message id is not 32 bytes of sha-256 form');
  return messageIdToBytes(id);
}

function idFromField(value: unknown, pointer: string): MessageId | null {
  if (value === null) return null;
  const id = value instanceof Uint8Array ? messageIdFromBytes(value) : undefined;
  demand(id !== undefined, 'a message id is not 32 bytes of sha-256 form', pointer);
  return id;
}

function readExpiration(value: unknown): Expiration | null {
  if (value === null) return null;
  demand(isList(value) && value.length === 2, 'the expiry is not a pair', '/expires');
  const [relative, timeSeconds] = value;
  demand(typeof relative === 'boolean', 'the expiry does not say whether it is relative', '/expires');
  const isUint32 = typeof timeSeconds === 'number' && Number.isInteger(timeSeconds) && !Object.is(timeSeconds, -0);
  demand(isUint32 && timeSeconds >= 0 && timeSeconds <= 0xffff_ffff, 'the expiry is not a uint32', '/expires');
  const isWithinYear = !relative || timeSeconds <= CONTENT_LIMITS.expirySeconds;
  demand(isWithinYear, 'the expiry is more than a year off', '/expires');
  return { relative, timeSeconds };
}

function checkAge(expires: Expiration | null, nowMs: number): void {
  if (expires === null || expires.relative) return;
  const distanceMs = Math.abs(expires.timeSeconds * 1000 - nowMs);
  demand(distanceMs <= CONTENT_LIMITS.expirySeconds * 1000, 'the expiry is more than a year off', '/expires');
}
