import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mintConversationId, type ConversationId } from '@causeway/message-model';
import type { ReceivedMessage, RefusedItem } from './device-events.js';
import { localMessages } from './local-messages.js';
import { RECORDS } from './records.js';
import { ShowStored } from './show-stored.js';
import { inboxItem, TestDevice } from './testing/test-device.js';

let ada: TestDevice;
let bob: TestDevice;
let conversation: ConversationId;

beforeEach(async () => {
  [ada, bob] = await Promise.all([TestDevice.make('ada'), TestDevice.make('bob')]);
  conversation = mintConversationId();
  await ada.knows(bob, conversation);
  await bob.knows(ada, conversation);
});
afterEach(() => Promise.all([ada.dispose(), bob.dispose()]));

const textsOf = async (device: TestDevice): Promise<(string | undefined)[]> =>
  (await localMessages(device.context.store, {})).map(({ text }) => text);

function refusalsOf(device: TestDevice): RefusedItem['reason'][] {
  const reasons: RefusedItem['reason'][] = [];
  device.context.events.on('refused-item', ({ reason }) => reasons.push(reason));
  return reasons;
}

/** Everything a program listening from now on is shown. */
async function shownBy(device: TestDevice): Promise<ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  device.context.events.on('message', (message) => messages.push(message));
  await new ShowStored(device.context).run();
  return messages;
}

describe('two devices', () => {
  it('understand each other in both directions and in order', async () => {
    const toBob = bob.incoming();
    const toAda = ada.incoming();
    expect(await toBob.take(inboxItem(await ada.seal(bob, conversation, 'hello')))).toBe('acknowledge');
    expect(await toAda.take(inboxItem(await bob.seal(ada, conversation, 'hi ada')))).toBe('acknowledge');
    expect(await toBob.take(inboxItem(await ada.seal(bob, conversation, 'how are you')))).toBe('acknowledge');
    expect(await textsOf(bob)).toEqual(['hello', 'how are you']);
    expect(await textsOf(ada)).toEqual(['hi ada']);
    const [first] = await shownBy(bob);
    expect(first).toMatchObject({ from: ada.address, to: bob.address, text: 'hello', isOwn: false, network: 'native' });
  });

  it('look after their pre-keys when a first message used one', async () => {
    let uses = 0;
    const toBob = bob.incoming({ preKeyUsed: () => (uses += 1) });
    await toBob.take(inboxItem(await ada.seal(bob, conversation, 'first')));
    expect(uses).toBe(1);
  });
});

describe('the last metre', () => {
  it('loses nothing and shows nothing twice when it stops between storing and acknowledging', async () => {
    const item = inboxItem(await ada.seal(bob, conversation, 'once'));
    await bob.incoming().take(item);
    await bob.restart();
    expect((await shownBy(bob)).map(({ text }) => text)).toEqual(['once']);
    expect(await bob.incoming().take(item)).toBe('acknowledge');
    await bob.restart();
    expect(await shownBy(bob)).toEqual([]);
    expect(await textsOf(bob)).toEqual(['once']);
  });

  it('takes an item again, whole, when it stopped before it was stored', async () => {
    const item = inboxItem(await ada.seal(bob, conversation, 'again'));
    const { store } = bob.context;
    const unit = store.unsettledUnit.bind(store);
    store.unsettledUnit = (work) =>
      unit(async (staged) => {
        await work(staged);
        throw new Error('power cut');
      });
    await expect(bob.incoming().take(item)).rejects.toThrow('power cut');
    expect(await textsOf(bob)).toEqual([]);
    await bob.restart();
    expect(await bob.incoming().take(item)).toBe('acknowledge');
    expect((await shownBy(bob)).map(({ text }) => text)).toEqual(['again']);
  });

  it('shows a message again after a restart when its handler failed', async () => {
    await bob.incoming().take(inboxItem(await ada.seal(bob, conversation, 'handle me')));
    bob.context.events.on('message', () => {
      throw new Error('the program failed');
    });
    await new ShowStored(bob.context).run();
    await bob.restart();
    expect((await shownBy(bob)).map(({ text }) => text)).toEqual(['handle me']);
  });

  it('acknowledges what it decrypted before, in another box, and does not show it twice', async () => {
    const box = await ada.seal(bob, conversation, 'once');
    await bob.incoming().take(inboxItem(box));
    const copy = inboxItem(box);
    await bob.context.store.unit(async (unit) => unit.delete(RECORDS.seen, copy.id));
    expect(await bob.incoming().take(copy)).toBe('acknowledge');
    expect(await textsOf(bob)).toEqual(['once']);
  });
});

describe('what is acknowledged and not shown', () => {
  it('a box that does not open', async () => {
    const reasons = refusalsOf(bob);
    const box = await ada.seal(bob, conversation, 'hello');
    const broken = Uint8Array.from(box.box);
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    expect(await bob.incoming().take(inboxItem({ ...box, box: broken }))).toBe('acknowledge');
    expect(reasons).toEqual(['undecryptable']);
    expect(await textsOf(bob)).toEqual([]);
  });

  it('a box sealed to a key this device never had', async () => {
    const reasons = refusalsOf(bob);
    const box = await ada.seal(bob, conversation, 'hello');
    await bob.incoming().take(inboxItem({ ...box, sealKeyId: 77 }));
    expect(reasons).toEqual(['unknown-seal-key']);
  });

  it('words of a conversation that is somebody else’s', async () => {
    const reasons = refusalsOf(bob);
    await bob.incoming().take(inboxItem(await ada.seal(bob, mintConversationId(), 'hello')));
    expect(reasons).toEqual(['wrong-conversation']);
    expect(await textsOf(bob)).toEqual([]);
  });
});

describe('a sender nobody vouched for', () => {
  it('waits in the inbox until a grant makes it known', async () => {
    const eve = await TestDevice.make('eve');
    await eve.knows(bob, conversation);
    const item = inboxItem(await eve.seal(bob, conversation, 'let me in'));
    await bob.context.store.unit(async (unit) => unit.delete(RECORDS.peer, ada.address));
    expect(await bob.incoming().take(item)).toBe('hold');
    expect(await textsOf(bob)).toEqual([]);
    await eve.dispose();
  });

  it('is not overtaken by what it wrote later, even when it has become known meanwhile', async () => {
    const eve = await TestDevice.make('eve');
    const withEve = mintConversationId();
    await eve.knows(bob, withEve);
    const first = inboxItem(await eve.seal(bob, withEve, 'first'));
    const second = inboxItem(await eve.seal(bob, withEve, 'second'));
    await bob.context.store.unit(async (unit) => unit.delete(RECORDS.peer, ada.address));
    const incoming = bob.incoming();
    expect(await incoming.take(first)).toBe('hold');
    await bob.knows(eve, withEve);
    expect(await incoming.take(second)).toBe('behind');
    expect(incoming.heldBefore(second.id)).toEqual([first.id]);
    expect([await incoming.take(first), await incoming.take(second)]).toEqual(['acknowledge', 'acknowledge']);
    expect(incoming.heldBefore(second.id)).toEqual([]);
    expect(await textsOf(bob)).toEqual(['first', 'second']);
    await eve.dispose();
  });
});
