import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mintConversationId, textContent, type MessageState } from '@causeway/message-model';
import { composeMessage } from './compose.js';
import { recordState } from './message-states.js';
import { RECORDS, type OutgoingRecord } from './records.js';
import { TestDevice } from './testing/test-device.js';

let ada: TestDevice;
let record: OutgoingRecord;
beforeEach(async () => {
  ada = await TestDevice.make('ada');
  record = await ada.context.store.unit((unit) =>
    composeMessage(unit, ada.context, {
      address: 'mimi://causeway.local/u/bob',
      conversation: mintConversationId(),
      options: {},
      build: (header) => textContent({ ...header, text: 'hello' }),
    }),
  );
});
afterEach(() => ada.dispose());

const tell = (state: MessageState): Promise<void> =>
  ada.context.store.unit((unit) => recordState(unit, ada.context, record.messageId, state));
const current = async (): Promise<string | undefined> =>
  (await ada.context.store.get(RECORDS.history, record.messageId))?.state?.kind;

describe('the state of a message', () => {
  it('never goes back, whatever order events come in', async () => {
    await tell({ kind: 'accepted' });
    await tell({ kind: 'sent' });
    await tell({ kind: 'waiting-on-sender', reason: 'consent' });
    await tell({ kind: 'sending' });
    expect(await current()).toBe('sent');
    await tell({ kind: 'delivered' });
    await tell({ kind: 'expired' });
    expect(await current()).toBe('delivered');
  });

  it('takes what it was sealed with when it waits again, and the words when it ended', async () => {
    await ada.context.store.put(RECORDS.outgoing, record.messageId, { ...record, request: 'sealed' });
    await tell({ kind: 'waiting-on-sender', reason: 'route' });
    expect((await ada.context.store.get(RECORDS.outgoing, record.messageId))?.request).toBeNull();
    await tell({ kind: 'cancelled' });
    expect(await ada.context.store.get(RECORDS.outgoing, record.messageId)).toBeUndefined();
  });

  it('is told once', async () => {
    const states: string[] = [];
    ada.context.events.on('state', ({ state }) => states.push(state.kind));
    await tell({ kind: 'accepted' });
    await tell({ kind: 'accepted' });
    await tell({ kind: 'delivered' });
    expect(states).toEqual(['accepted', 'delivered']);
  });
});
