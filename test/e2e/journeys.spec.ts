import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device, ReceivedMessage } from '@causeway/client';
import { BRIDGE_NUMBERS, eventually, World } from '../support/world.js';

const PHONE = '+14155550123';

let world: World;
beforeAll(async () => {
  world = await World.start();
}, 90_000);
afterAll(async () => world.close(), 30_000);

const inboxOf = (device: Device): ReceivedMessage[] => {
  const received: ReceivedMessage[] = [];
  device.on('message', (message) => void received.push(message));
  return received;
};

describe('a first contact', () => {
  it('waits on the sender’s device until the request is granted, then arrives encrypted', async () => {
    const [ada, bob] = [await world.register('ada'), await world.register('bob')];
    const received = inboxOf(bob);
    let asked: string | undefined;
    bob.on('request', (request) => {
      asked = request.from;
      return bob.accept(request);
    });
    const sent = await ada.send(bob.address, 'hello bob');
    expect(sent.state).toEqual({ kind: 'waiting-on-sender', reason: 'consent' });
    await eventually(() => received.some((message) => message.text === 'hello bob'));
    expect(asked).toBe(ada.address);
    await eventually(async () => (await ada.status(sent.messageId)).state.kind === 'delivered');
  });

  it('is never told of a refusal, and an address that does not exist looks the same', async () => {
    const [eve, finn] = [await world.register('eve'), await world.register('finn')];
    let isRefused = false;
    finn.on('request', async (request) => {
      await finn.refuse(request);
      isRefused = true;
    });
    const [toFinn, toNobody] = [
      await eve.send(finn.address, 'hi'),
      await eve.send('mimi://causeway.local/u/nobody-there', 'hi'),
    ];
    await eventually(() => isRefused);
    expect(toFinn.state).toEqual(toNobody.state);
    expect((await eve.status(toFinn.messageId)).state).toEqual((await eve.status(toNobody.messageId)).state);
  });
});

describe('native to native', () => {
  it('reaches every device of the recipient and, as a copy, every other device of the sender', async () => {
    const [gil, hana] = [await world.register('gil'), await world.register('hana')];
    const [gilTwo, hanaTwo] = [await world.addDevice(gil, 'gil-2'), await world.addDevice(hana, 'hana-2')];
    const [atHana, atHanaTwo, atGilTwo, atGil] = [hana, hanaTwo, gilTwo, gil].map(inboxOf);
    hana.on('request', (request) => hana.accept(request));
    const sent = await gil.send(hana.address, 'on all your devices');
    for (const inbox of [atHana, atHanaTwo])
      await eventually(
        () => inbox?.some((message) => message.text === 'on all your devices' && !message.isOwn) === true,
      );
    await eventually(
      () => atGilTwo?.some((message) => message.text === 'on all your devices' && message.isOwn) === true,
    );
    await eventually(async () => (await gil.status(sent.messageId)).state.kind === 'delivered');
    await hanaTwo.send(gil.address, 'answered from the second');
    await eventually(() => atGil?.some((message) => message.text === 'answered from the second') === true);
  }, 30_000);

  it('keeps order and shows a message once, over a restart of the receiving device', async () => {
    const [ivo, jun] = [await world.register('ivo'), await world.register('jun')];
    jun.on('request', (request) => jun.accept(request));
    await ivo.send(jun.address, 'first');
    const before = inboxOf(jun);
    await eventually(() => before.length === 1);
    await jun.close();
    for (let n = 1; n <= 20; n += 1) await ivo.send(jun.address, `while away ${n}`);
    const back = await world.reopen('jun');
    const after = inboxOf(back);
    await eventually(() => after.filter((message) => message.text?.startsWith('while away')).length === 20);
    expect(after.map((message) => message.text).filter((text) => text?.startsWith('while away'))).toEqual(
      Array.from({ length: 20 }, (_, n) => `while away ${n + 1}`),
    );
  }, 30_000);
});

describe('native and SMS', () => {
  it('waits for the statement, goes out once it is signed, is receipted, and the answer finds its conversation', async () => {
    const kim = await world.register('kim');
    const kimTwo = await world.addDevice(kim, 'kim-2');
    const [received, atTwo] = [inboxOf(kim), inboxOf(kimTwo)];
    const sent = await kim.send(`tel:${PHONE}`, 'by text');
    expect(sent.state).toEqual({ kind: 'waiting-on-sender', reason: 'downgrade' });
    expect(sent.preview).toMatchObject({ network: 'sms', text: 'by text', isSimulated: true, segments: 1 });
    expect(await world.carrier.received(PHONE)).toEqual([]);
    await kim.approve(sent);
    await eventually(async () => (await world.carrier.received(PHONE)).some((message) => message.body === 'by text'));
    await eventually(async () => (await kim.status(sent.messageId)).state.kind === 'delivered');
    const { gateway } = await kim.status(sent.messageId);
    expect(gateway?.hops).toEqual([
      expect.objectContaining({
        network: 'sms',
        isSimulated: true,
        readableBy: ['sender', 'edge', 'carrier', 'recipient'],
      }),
    ]);
    await world.carrier.write({ from: PHONE, to: BRIDGE_NUMBERS[0], text: 'answer by text' });
    for (const inbox of [received, atTwo])
      await eventually(() => inbox.some((message) => message.text === 'answer by text'));
    expect(received.find((message) => message.text === 'answer by text')).toMatchObject({
      from: `tel:${PHONE}`,
      conversation: sent.conversation,
      network: 'sms',
    });
  }, 30_000);
});
