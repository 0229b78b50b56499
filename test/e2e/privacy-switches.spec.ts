import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device, ReceivedMessage, TypingNotice } from '@causeway/client';
import { parseAccountId, toBase64Url, type ContactId } from '@causeway/message-model';
import { sealIndication } from '@causeway/signal-protocol';
import { addContact, legKey, tenantOf } from '../support/clear-message.js';
import { DatabaseAccess } from '../support/database-access.js';
import { must } from '../support/in-process.js';
import { inSeconds, RawDevice } from '../support/raw-device.js';
import { RcsWorld } from '../support/rcs-world.js';
import { eventually, type World } from '../support/world.js';

let rcs: RcsWorld;
let world: World;
let database: DatabaseAccess;
beforeAll(async () => {
  rcs = await RcsWorld.start();
  ({ world } = rcs);
  database = await DatabaseAccess.open(world.databaseUrl);
}, 90_000);
afterAll(async () => {
  await database?.close();
  await world?.close();
}, 30_000);

/** Everything the gateway was ever given to carry: what does not appear here never left a device. */
async function carried(): Promise<number> {
  const [row] = await database.rows('SELECT count(*)::int AS n FROM transit.message');
  return Number(must(row)['n']);
}

function heard(device: Device) {
  const messages: ReceivedMessage[] = [];
  const typing: TypingNotice[] = [];
  const reports: string[] = [];
  device.on('message', (message) => void messages.push(message));
  device.on('typing', (notice) => void typing.push(notice));
  device.on('report', ({ status }) => void reports.push(status));
  return { messages, typing, reports };
}

describe('between native devices', () => {
  it('typing and read reports pass while both allow it, and nothing leaves the device that has them off', async () => {
    const [ada, bob] = [await world.register('ada'), await world.register('bob')];
    const [atAda, atBob] = [heard(ada), heard(bob)];
    await world.befriend(ada, bob);
    await bob.send(ada.address, 'are you there?');
    await eventually(() => atAda.messages.some(({ text }) => text === 'are you there?'));
    const question = must(atAda.messages.find(({ text }) => text === 'are you there?'));

    // the control: both are on, and both arrive
    expect(await ada.typing(bob.address)).toBe(true);
    await eventually(() => atBob.typing.length === 1, { what: 'bob sees that ada writes' });
    expect(atBob.typing).toEqual([{ from: ada.address, isTyping: true }]);
    await ada.markRead(question);
    await eventually(() => atBob.reports.includes('read'), { what: 'bob is told that ada has read' });

    await ada.privacy.set({ typing: 'off', readReports: 'off' });
    const before = await carried();
    expect(await ada.typing(bob.address, false)).toBe(false);
    expect(await ada.markRead(question)).toBeUndefined();
    // whatever had been sent would stand before this in its lane
    await ada.send(bob.address, 'a marker');
    await eventually(() => atBob.messages.some(({ text }) => text === 'a marker'));
    expect(await carried()).toBe(before + 1);
    expect([atBob.typing.length, atBob.reports]).toEqual([1, ['read']]);

    // the switch works in both directions: ada is not shown what she does not tell
    await bob.typing(ada.address);
    await bob.markRead(must(atBob.messages.find(({ text }) => text === 'a marker')));
    await bob.send(ada.address, 'another marker');
    await eventually(() => atAda.messages.some(({ text }) => text === 'another marker'));
    expect([atAda.typing, atAda.reports]).toEqual([[], []]);

    // one conversation may stand above the account
    await ada.privacy.setFor(bob.address, { typing: 'on' });
    expect(await ada.typing(bob.address)).toBe(true);
    await eventually(() => atBob.typing.length === 2);
    expect((await ada.privacy.read(bob.address)).conversation).toEqual({ typing: 'on', readReports: 'default' });
  }, 90_000);

  it('who is no contact is not shown anything, and is not asked for consent by it', async () => {
    const [eve, dan] = [await world.register('eve'), await world.register('dan')];
    const before = await carried();
    expect(await eve.typing(dan.address)).toBe(false);
    expect(await carried()).toBe(before);
    expect(await dan.requests()).toEqual([]);
  }, 60_000);
});

describe('between a device and an RCS phone', () => {
  const phone = '+14155550181';
  let cy: Device;
  let atCy: ReturnType<typeof heard>;
  const outcome = async (id: Parameters<Device['status']>[0]) => (await cy.status(id)).gateway?.attempts[0]?.outcome;

  async function sendTo(text: string) {
    const sent = await cy.send(`tel:${phone}`, text, { allowClear: ['rcs'] });
    await eventually(async () => (await outcome(sent)) === 'delivered', { what: text });
    return { sent, bubble: must((await rcs.received(phone)).at(-1)) };
  }
  async function answer(text: string): Promise<ReceivedMessage> {
    await rcs.write(phone, text);
    await eventually(() => atCy.messages.some((message) => message.text === text));
    return must(atCy.messages.find((message) => message.text === text));
  }

  it('nothing is shown either way unless the person turned it on for carriers', async () => {
    cy = await world.register('cy');
    atCy = heard(cy);
    const { sent, bubble } = await sendTo('one');
    const reply = await answer('the first answer');
    const before = (await rcs.counts())['call-event'] ?? 0;
    expect(await cy.typing(`tel:${phone}`)).toBe(false);
    await cy.markRead(reply);
    await rcs.type(phone);
    await rcs.read(phone, bubble.messageId);
    await answer('a marker');
    expect((await rcs.counts())['call-event'] ?? 0).toBe(before);
    const shown = await rcs.phone(phone);
    expect(shown.typing).toEqual([]);
    expect(shown.bubbles.filter(({ direction, isRead }) => direction === 'written' && isRead)).toEqual([]);
    expect([atCy.typing, await outcome(sent)]).toEqual([[], 'delivered']);
    expect(JSON.stringify((await cy.status(sent)).gateway)).not.toMatch(/READ|displayed/);
  }, 60_000);

  it('both are shown both ways once it is on', async () => {
    await cy.privacy.setFor(`tel:${phone}`, { typing: 'on', readReports: 'on' });
    const { sent, bubble } = await sendTo('two');
    const reply = await answer('the second answer');
    expect(await cy.typing(`tel:${phone}`)).toBe(true);
    expect((await rcs.phone(phone)).typing).toEqual([rcs.agentId]);
    await cy.markRead(reply);
    const written = (await rcs.phone(phone)).bubbles.filter(({ direction }) => direction === 'written');
    expect(written.map(({ isRead }) => isRead)).toEqual([false, false, true]);
    await rcs.type(phone);
    await eventually(() => atCy.typing.length === 1, { what: 'the device sees that the phone writes' });
    expect(atCy.typing).toEqual([{ from: `tel:${phone}`, isTyping: true }]);
    await rcs.read(phone, bubble.messageId);
    await eventually(async () => (await outcome(sent)) === 'displayed', { what: 'the read receipt' });
  }, 60_000);

  it('the edge asks the switch itself: a device that goes by an old answer tells nothing', async () => {
    const device = await RawDevice.register(world.gatewayUrl, world.handle('raw'));
    const to = await addContact(device, '+14155550182');
    const before = (await rcs.counts())['call-event'] ?? 0;
    const shown = async () => {
      expect(await indicate(device, to.contact)).toBe(204);
      return ((await rcs.counts())['call-event'] ?? 0) - before;
    };
    expect(await shown()).toBe(0);
    const on = { typing: 'everywhere', readReports: 'off' };
    expect((await device.call('PUT', '/v1/account/privacy', { body: on })).status).toBe(204);
    expect(await shown()).toBe(1);
    const foreign = await RawDevice.register(world.gatewayUrl, world.handle('foreign'));
    expect(await indicate(foreign, to.contact)).toBe(404);
  }, 60_000);
});

/** As a device would that asked nobody. */
async function indicate(device: RawDevice, contact: ContactId): Promise<number> {
  const { key, region } = await legKey(device, inSeconds(120));
  const account = must(parseAccountId(device.account));
  const about = { tenant: tenantOf(device), region, keyId: key.keyId, account, device: device.deviceId, contact };
  const indication = { kind: 'typing', network: 'rcs', isTyping: true } as const;
  const sealed = toBase64Url(sealIndication({ context: about, legPublicKey: key.publicKey, indication }));
  return (await device.call('POST', '/v1/indications', { body: { contact, keyId: key.keyId, sealed } })).status;
}
