import { describe, expect, it } from '@jest/globals';
import { TOKEN_BYTES } from '@causeway/abuse-control';
import { toWireJson } from '@causeway/api-contract';
import { mintBoxId, mintTransitId, parseMessageId, toBytes } from '@causeway/message-model';
import { stampBox } from '@causeway/message-flow';
import type { InboxRow } from '@causeway/storage';
import { inboxItem, itemFrame } from './read-inbox.js';

const box = toBytes(Uint8Array.from({ length: 100 }, (_, index) => index));
const idOfRow = () => mintTransitId('i', 3_600_000, mintBoxId());

function stamped() {
  const messageId = parseMessageId(`A${'Q'.repeat(42)}`);
  if (!messageId) throw new Error('not an id');
  return stampBox({ messageId, token: toBytes(new Uint8Array(TOKEN_BYTES).fill(9)) }, box);
}

describe('the frame of a row', () => {
  it.each<[string, () => InboxRow]>([
    ['a box', () => ({ id: idOfRow(), kind: 'box', sealKeyId: 3, body: box })],
    ['a box that can be reported', () => ({ id: idOfRow(), kind: 'box', sealKeyId: 3, body: stamped() })],
    [
      'an event',
      () => ({
        id: idOfRow(),
        kind: 'event',
        sealKeyId: null,
        body: toBytes(Buffer.from('{"type": "message-state", "state": {"kind": "sent"}, "at": "“now”"}')),
      }),
    ],
  ])('says of %s what those who poll are told', (_, row) => {
    const made = row();
    expect(JSON.parse(itemFrame(made))).toEqual(JSON.parse(toWireJson({ type: 'item', item: inboxItem(made) })));
  });
});
