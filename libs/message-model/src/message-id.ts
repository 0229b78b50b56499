import { createHash } from 'node:crypto';
import { concatBytes, utf8, type Bytes } from './bytes.js';
import { CONTENT_LIMITS } from './content.js';
import { isUnicode } from './extensions-codec.js';
import { messageIdFromBytes, type MessageId } from './ids.js';
import { demand } from './malformed-content.js';

/** array(7), then a byte string of 16: how every encoded content begins. */
const ARRAY_OF_SEVEN = 0x87;
const BYTES_OF_SIXTEEN = 0x50;
const SALT_OFFSET = 2;

/** Number of sha-256 in IANA's named-information hash registry. */
const SHA_256 = 0x01;

/** What a message id commits to: the encoded content, who sent it, and the conversation it was sent in. */
export interface MessageIdInput {
  /** As encoded by `encodeContent`, byte for byte. */
  readonly content: Uint8Array;
  readonly senderUri: string;
  readonly roomUri: string;
}

/**
 * The message id of draft-ietf-mimi-content-08:
 * `0x01 || SHA-256(u16 length || sender || u16 length || room || content || salt)[0..30]`, lengths in bytes, big endian.
 * Both ends compute it; it is idempotency key and franking tag. The salt is read from the content, which is not otherwise checked.
 * Throws `CausewayError('malformed-content')` when there is no salt where one must be, or a URI is not text of at most 65,535 bytes.
 */
export function messageIdOf(input: MessageIdInput): MessageId {
  const { content } = input;
  const saltEnd = SALT_OFFSET + CONTENT_LIMITS.saltBytes;
  const hasSalt = content[0] === ARRAY_OF_SEVEN && content[1] === BYTES_OF_SIXTEEN && content.length > saltEnd;
  demand(hasSalt, 'the content does not begin with a salt of 16 bytes', '/salt');
  const hash = createHash('sha256')
    .update(lengthPrefixed(input.senderUri))
    .update(lengthPrefixed(input.roomUri))
    .update(content)
    .update(content.subarray(SALT_OFFSET, saltEnd))
    .digest();
  const id = messageIdFromBytes(concatBytes(Uint8Array.of(SHA_256), hash.subarray(0, 31)));
  if (id === undefined) throw new Error('a message id was not made of 32 bytes');
  return id;
}

function lengthPrefixed(uri: string): Bytes {
  const bytes = utf8(uri);
  demand(isUnicode(uri) && bytes.length <= 0xffff, 'a URI of the message id is not text of at most 65535 bytes');
  return concatBytes(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
}
