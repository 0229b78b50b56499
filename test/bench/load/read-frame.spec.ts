import { describe, expect, it } from '@jest/globals';
import { readFrame } from './read-frame.js';

const box = { kind: 'box', id: 'i000001abc', boxId: 'abc', sealKeyId: 1, box: 'AAAA' };
const event = (kind: string) => ({
  kind: 'event',
  id: 'i000001def',
  event: { at: 'now', id: 'm000001ghi', type: 'message-state', state: { kind }, messageId: 'AXYZ' },
});

describe('reading socket frames', () => {
  it('finds what is to be acknowledged and which box came', () => {
    expect(readFrame(JSON.stringify({ type: 'item', item: box }))).toEqual({
      ids: ['i000001abc'],
      boxIds: ['abc'],
      delivered: [],
    });
  });

  it('finds receipts, and takes no other state for one', () => {
    expect(readFrame(JSON.stringify({ type: 'item', item: event('delivered') }))).toEqual({
      ids: ['i000001def'],
      boxIds: [],
      delivered: ['AXYZ'],
    });
    expect(readFrame(JSON.stringify({ type: 'item', item: event('sent') })).delivered).toEqual([]);
  });

  it('finds the answer to a message that was submitted', () => {
    const accepted = { type: 'accepted', message: { id: 'm000001ghi', messageId: 'AXYZ', state: { kind: 'sent' } } };
    expect(readFrame(JSON.stringify(accepted))).toMatchObject({
      ids: [],
      answer: { messageId: 'AXYZ', isAccepted: true },
    });
    const refused = { type: 'refused', messageId: 'AXYZ', problem: { code: 'no-consent' } };
    expect(readFrame(JSON.stringify(refused)).answer).toEqual({ messageId: 'AXYZ', isAccepted: false });
  });

  it('reads several items in one frame', () => {
    const frame = JSON.stringify({ type: 'items', items: [box, event('delivered')] });
    expect(readFrame(frame)).toEqual({ ids: ['i000001abc', 'i000001def'], boxIds: ['abc'], delivered: ['AXYZ'] });
  });
});
