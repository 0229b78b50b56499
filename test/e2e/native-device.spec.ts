import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Device, type MessageReport, type ReceivedMessage } from '@causeway/client';
import { toBytes } from '@causeway/message-model';
import { DatabaseAccess } from '../support/database-access.js';
import { eventually, PASSPHRASE, World } from '../support/world.js';

const SLOW = 60_000;
const NATIVE_HOST = 'people.example';

let world: World;
beforeAll(async () => {
  // Devices are told of no host here: all of them find it at the gateway.
  world = await World.start({ env: { CAUSEWAY_NATIVE_HOST: NATIVE_HOST } });
}, 90_000);
afterAll(async () => world.close(), 30_000);

const inboxOf = (device: Device): ReceivedMessage[] => {
  const received: ReceivedMessage[] = [];
  device.on('message', (message) => void received.push(message));
  return received;
};

const textsOf = (received: readonly ReceivedMessage[]) => received.map((message) => message.text);

const arrived = async (received: readonly ReceivedMessage[], text: string): Promise<ReceivedMessage> => {
  await eventually(() => textsOf(received).includes(text), { what: `"${text}" arrives`, withinMs: SLOW });
  const message = received.find((each) => each.text === text);
  if (!message) throw new Error('it was there');
  return message;
};

/** Two accounts that may write to each other and have done so. */
async function pair(first: string, second: string) {
  const [one, two] = await Promise.all([world.register(first), world.register(second)]);
  const [atOne, atTwo] = [inboxOf(one), inboxOf(two)];
  await two.allow(one.address);
  await one.send(two.address, 'first words');
  await arrived(atTwo, 'first words');
  return { one, two, atOne, atTwo };
}

const stateOf = async (device: Device, message: { messageId: ReceivedMessage['messageId'] }) =>
  (await device.status(message.messageId)).state;

describe('what a device needs to know of its gateway', () => {
  it('is public, small and part of the API description', async () => {
    const described = await fetch(`${world.gatewayUrl}/.well-known/causeway`);
    expect(await described.json()).toEqual({
      nativeHost: NATIVE_HOST,
      nativeHosts: [NATIVE_HOST],
      registration: 'open',
      version: '1',
    });
    expect(await (await fetch(`${world.gatewayUrl}/openapi.json`)).json()).toHaveProperty([
      'paths',
      '/.well-known/causeway',
      'get',
      'responses',
      '200',
    ]);
  });

  it('names the host of every address that was registered without one', async () => {
    const device = await world.register('abe');
    expect(device.address).toBe(`mimi://${NATIVE_HOST}/u/${world.handle('abe')}`);
  });
});

describe('the verbs of a conversation', () => {
  it(
    'reply, react, edit, delete, attach: each arrives as what it is and acts on the message it names',
    async () => {
      const { one, two, atOne, atTwo } = await pair('ana', 'ben');
      const first = await arrived(atTwo, 'first words');
      await two.reply(first, 'an answer');
      expect(await arrived(atOne, 'an answer')).toMatchObject({
        kind: 'text',
        inReplyTo: first.messageId,
        network: 'native',
      });
      await two.react(first, '👍');
      expect(await arrived(atOne, '👍')).toMatchObject({ kind: 'reaction', inReplyTo: first.messageId });
      await one.edit(first, 'better words');
      expect(await arrived(atTwo, 'better words')).toMatchObject({ kind: 'edit', replaces: first.messageId });
      const versions = (await two.messages({ with: one.address })).filter(
        ({ messageId }) => messageId === first.messageId,
      );
      expect(textsOf(versions)).toEqual(['better words']);
      await expect(two.edit(first, 'not mine')).rejects.toThrow('only its sender');
      await one.attach(
        two.address,
        {
          url: 'https://files.example/1',
          contentType: 'image/png',
          hashAlg: 1,
          contentHash: toBytes(new Uint8Array(32)),
        },
        { caption: 'a picture' },
      );
      expect(await arrived(atTwo, 'a picture')).toMatchObject({
        content: { part: { parts: [{}, { kind: 'external', url: 'https://files.example/1' }] } },
      });
      await one.deleteForEveryone(first);
      await eventually(
        () => atTwo.some((message) => message.kind === 'delete' && message.replaces === first.messageId),
        { withinMs: SLOW },
      );
      expect((await two.messages()).some(({ messageId }) => messageId === first.messageId)).toBe(false);
    },
    2 * SLOW,
  );

  it(
    'a read message is reported to its sender, who alone is told',
    async () => {
      const { one, two, atTwo } = await pair('cem', 'dee');
      const reports: MessageReport[] = [];
      one.on('report', (report) => void reports.push(report));
      const { messageId } = await arrived(atTwo, 'first words');
      await two.markRead(messageId);
      await eventually(() => reports.length > 0, { withinMs: SLOW });
      expect(reports).toEqual([{ messageId, from: two.address, status: 'read' }]);
      expect((await one.messages()).find((message) => message.messageId === messageId)).toMatchObject({
        report: 'read',
      });
    },
    2 * SLOW,
  );

  it(
    'an expiry relative to the reading travels inside the message',
    async () => {
      const { one, two, atTwo } = await pair('eda', 'fay');
      await one.send(two.address, 'gone soon', { expires: { relative: true, timeSeconds: 60 } });
      expect((await arrived(atTwo, 'gone soon')).content.expires).toEqual({ relative: true, timeSeconds: 60 });
    },
    2 * SLOW,
  );
});

describe('delivery by polling', () => {
  it(
    'brings what waits, states included, and nothing on its own',
    async () => {
      const gus = await Device.register({
        gateway: world.gatewayUrl,
        handle: world.handle('gus'),
        folder: world.deviceFolder('gus'),
        passphrase: PASSPHRASE,
        delivery: 'poll',
      });
      try {
        const hal = await world.register('hal');
        const [atGus, atHal] = [inboxOf(gus), inboxOf(hal)];
        await gus.setConsentPolicy('anyone');
        const sent = await hal.send(gus.address, 'fetch me');
        await eventually(async () => (await stateOf(hal, sent)).kind === 'sent', { withinMs: SLOW });
        expect(atGus).toEqual([]);
        await eventually(async () => (await gus.poll()) > 0 && textsOf(atGus).includes('fetch me'), { withinMs: SLOW });
        expect(await gus.poll()).toBe(0);
        await eventually(async () => (await stateOf(hal, sent)).kind === 'delivered', { withinMs: SLOW });
        const answer = await gus.send(hal.address, 'fetched');
        await arrived(atHal, 'fetched');
        await eventually(
          async () => {
            await gus.poll();
            return (await gus.messages()).some(
              ({ messageId, state }) => messageId === answer.messageId && state?.kind === 'delivered',
            );
          },
          { withinMs: SLOW },
        );
      } finally {
        await gus.close();
      }
    },
    2 * SLOW,
  );
});

describe('consent', () => {
  it(
    'who takes messages from anyone gets the first one without a request',
    async () => {
      const [ian, joy] = await Promise.all([world.register('ian'), world.register('joy')]);
      const received = inboxOf(joy);
      await joy.setConsentPolicy('anyone');
      await ian.send(joy.address, 'to whom it may concern');
      await arrived(received, 'to whom it may concern');
      expect(await joy.requests()).toEqual([]);
    },
    2 * SLOW,
  );

  it(
    'a welcome in advance lets one person write, and nobody else',
    async () => {
      const [kay, lea, mia] = await Promise.all([world.register('kay'), world.register('lea'), world.register('mia')]);
      const received = inboxOf(lea);
      await lea.allow(kay.address);
      const uninvited = await mia.send(lea.address, 'me too');
      await kay.send(lea.address, 'as agreed');
      await arrived(received, 'as agreed');
      await eventually(async () => (await lea.requests()).length === 1, { withinMs: SLOW });
      expect((await lea.requests()).map(({ from }) => from)).toEqual([mia.address]);
      expect(textsOf(received)).toEqual(['as agreed']);
      expect(await stateOf(mia, uninvited)).toEqual({ kind: 'waiting-on-sender', reason: 'consent' });
    },
    2 * SLOW,
  );

  it(
    'two people who ask each other at once share one conversation, and both messages arrive',
    async () => {
      const [ned, ona] = await Promise.all([world.register('ned'), world.register('ona')]);
      const [atNed, atOna] = [inboxOf(ned), inboxOf(ona)];
      await Promise.all([ned.send(ona.address, 'from ned'), ona.send(ned.address, 'from ona')]);
      const [one, two] = [await arrived(atNed, 'from ona'), await arrived(atOna, 'from ned')];
      expect(one.conversation).toBe(two.conversation);
      expect([textsOf(atNed), textsOf(atOna)]).toEqual([['from ona'], ['from ned']]);
    },
    2 * SLOW,
  );

  it(
    'who is blocked sees what a sender to an absent device sees, nothing arrives, and after the block only what is new',
    async () => {
      const { one: pam, two: quy, atTwo: atQuy } = await pair('pam', 'quy');
      const { two: rex } = await pair('una', 'rex');
      await rex.allow(pam.address);
      await rex.close();
      await quy.block(pam.address);
      const [toBlocking, toAbsent] = [await pam.send(quy.address, 'hello?'), await pam.send(rex.address, 'hello?')];
      await eventually(async () => (await stateOf(pam, toAbsent)).kind === 'sent', {
        withinMs: SLOW,
        what: 'the absent one gets a message',
      });
      await eventually(async () => (await stateOf(pam, toBlocking)).kind === 'sent', {
        withinMs: SLOW,
        what: 'the blocking one seems to get a message',
      });
      const words = async (message: typeof toAbsent) => {
        const { gateway } = await pam.status(message.messageId);
        return { ...gateway, id: '', messageId: '', conversation: '', createdAt: '', deliverBefore: 0 };
      };
      expect(await words(toBlocking)).toEqual(await words(toAbsent));
      await quy.allow(pam.address);
      await pam.send(quy.address, 'good again');
      await arrived(atQuy, 'good again');
      expect(textsOf(atQuy)).toEqual(['first words', 'good again']);
    },
    2 * SLOW,
  );
});

describe('to a telephone number', () => {
  it(
    'what was written while the gateway was away waits on the device, then for its permission, then goes out',
    async () => {
      const sol = await world.register('sol');
      await world.gateway.stop();
      const sent = await sol.send('tel:+14155550142', 'kept meanwhile');
      expect(sent.state).toEqual({ kind: 'unsubmitted' });
      await world.gateway.start();
      await eventually(async () => (await stateOf(sol, sent)).kind === 'waiting-on-sender', { withinMs: SLOW });
      expect(await world.carrier.received('+14155550142')).toEqual([]);
      await sol.approve(sent);
      await eventually(
        async () => (await world.carrier.received('+14155550142')).some(({ body }) => body === 'kept meanwhile'),
        { withinMs: SLOW },
      );
      expect((await sol.messages()).map(({ text }) => text)).toEqual(['kept meanwhile']);
    },
    2 * SLOW,
  );

  it(
    'what to do with an unknown outcome is said to the gateway with each message',
    async () => {
      const tia = await world.register('tia');
      const database = await DatabaseAccess.open(world.databaseUrl);
      try {
        await tia.send('tel:+14155550143', 'again if need be', { allowClear: ['sms'], onUnknown: 'resend' });
        await tia.send('tel:+14155550143', 'tell me', { allowClear: ['sms'] });
        const rows = await database.rows(
          'SELECT m.on_unknown FROM transit.message m JOIN registry.account a ON a.id = m.account_id WHERE a.address = $1 ORDER BY m.position',
          tia.address,
        );
        expect(rows).toEqual([{ on_unknown: 'resend' }, { on_unknown: 'report' }]);
      } finally {
        await database.close();
      }
    },
    2 * SLOW,
  );
});
