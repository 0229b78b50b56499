import { expect, it } from '@jest/globals';
import { messageIdFromBytes, toBytes } from '@causeway/message-model';
import fc from 'fast-check';
import { readStampedBox, stampBox } from './stamped-box.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toBytes);

it('a stamp comes off as it was put on, whatever the box', () => {
  fc.assert(
    fc.property(bytes(24), bytes(31), fc.uint8Array({ minLength: 1, maxLength: 200 }), (token, id, box) => {
      const messageId = messageIdFromBytes(Uint8Array.of(1, ...id));
      if (!messageId) throw new Error('a fixture is not valid');
      const read = readStampedBox(stampBox({ messageId, token }, box));
      expect(read).toEqual({ box: toBytes(box), stamp: { messageId, token } });
    }),
  );
});

it('a box without a stamp stays as it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (box) => {
      const unstamped = toBytes(Uint8Array.of(5, ...box));
      expect(readStampedBox(unstamped)).toEqual({ box: unstamped, stamp: undefined });
    }),
  );
});
