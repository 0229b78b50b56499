import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { textContent } from './build-content.js';
import { toBytes } from './bytes.js';
import { CausewayError } from './causeway-error.js';
import { encodeContent } from './content-codec.js';
import { messageIdToBytes } from './ids.js';
import { messageIdOf } from './message-id.js';

const SALT = toBytes(Uint8Array.from({ length: 16 }, (_, index) => 255 - index));
const header = { senderUri: 'mimi://a.example/u/ada', roomUri: 'mimi://a.example/r/über' };
const content = encodeContent(textContent({ ...header, text: 'hello', salt: SALT }));

describe('the message id', () => {
  it('is 0x01 and 31 bytes of the hash over both URIs with their byte lengths, the content and the salt', () => {
    const digest = createHash('sha256')
      .update(Uint8Array.of(0, 22))
      .update('mimi://a.example/u/ada')
      .update(Uint8Array.of(0, 24)) // 23 characters, one of them two bytes
      .update('mimi://a.example/r/über')
      .update(content)
      .update(SALT)
      .digest();
    const id = messageIdToBytes(messageIdOf({ content, ...header }));
    expect(Buffer.from(id).toString('hex')).toBe(`01${digest.subarray(0, 31).toString('hex')}`);
  });

  it('differs when the sender, the room or the content does', () => {
    const other = encodeContent(textContent({ ...header, text: 'hello', salt: toBytes(new Uint8Array(16)) }));
    const ids = new Set([
      messageIdOf({ content, ...header }),
      messageIdOf({ content: other, ...header }),
      messageIdOf({ content, ...header, senderUri: 'mimi://a.example/u/bob' }),
      messageIdOf({ content, ...header, roomUri: 'mimi://a.example/r/other' }),
      // the boundary between the two URIs is part of what is hashed
      messageIdOf({ content, senderUri: `${header.senderUri}m`, roomUri: header.roomUri.slice(1) }),
    ]);
    expect(ids.size).toBe(5);
  });

  it('is refused for bytes that have no salt where one must be', () => {
    for (const bytes of [new Uint8Array(0), content.subarray(0, 18), content.subarray(1), new Uint8Array(40)]) {
      expect(() => messageIdOf({ content: bytes, ...header })).toThrow(CausewayError);
    }
  });

  it('is refused for a URI whose length does not fit two bytes, or that is no text', () => {
    expect(() => messageIdOf({ content, ...header, roomUri: 'x'.repeat(65_536) })).toThrow(CausewayError);
    expect(() => messageIdOf({ content, ...header, roomUri: '\ud800' })).toThrow(CausewayError);
  });
});
