import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Device, type ReceivedMessage } from '@causeway/client';
import { searchEveryRow, Stores } from '@causeway/storage';
import { BRIDGE_NUMBERS, eventually, PASSPHRASE, World } from '../support/world.js';

const [BRIDGE] = BRIDGE_NUMBERS;
const OTHER_HOST = 'direct.example';

let world: World;
beforeAll(async () => {
  world = await World.start({ env: { CAUSEWAY_OTHER_NATIVE_HOSTS: OTHER_HOST } });
}, 90_000);
afterAll(async () => world.close(), 30_000);

const reading = (device: Device): ReceivedMessage[] => {
  const shown: ReceivedMessage[] = [];
  device.on('message', (message) => void shown.push(message));
  return shown;
};

/** By the code on the handset, as a person would. */
async function linkNumber(device: Device, phone: string): Promise<void> {
  const before = (await world.carrier.received(phone)).length;
  const challenge = await device.links.linkNumber(phone);
  await eventually(async () => (await world.carrier.received(phone)).length > before, { what: 'the code arrives' });
  const code = /\d{6}/.exec((await world.carrier.received(phone)).at(-1)?.body ?? '')?.[0] ?? '';
  await device.links.prove(challenge, code);
}

const ENDED = { kind: 'failed', reason: 'conversation-ended' } as const;

const numberLink = async (device: Device) => {
  const link = (await device.links.list()).find(({ kind }) => kind === 'number');
  if (!link) throw new Error('no number is linked');
  return link;
};

describe('a linked number', () => {
  it('reaches its owner end-to-end encrypted once they may be found by it, and by SMS again when they take it back', async () => {
    const phone = '+14155550131';
    const [ada, mia] = [await world.register('ada'), await world.register('mia')];
    const shown = reading(mia);
    mia.on('request', (request) => mia.accept(request));
    await linkNumber(mia, phone);
    expect(await numberLink(mia)).toMatchObject({ country: 'US', findable: 'nobody', state: 'active' });
    expect((await ada.contacts.find(phone)).native).toBeNull();
    expect((await ada.send(phone, 'not findable')).state).toEqual({ kind: 'waiting-on-sender', reason: 'downgrade' });

    await mia.links.setFindable(await numberLink(mia), 'everyone');
    expect((await ada.contacts.find(phone)).native).toBe(mia.address);
    const sent = await ada.send(phone, 'found you');
    expect(sent.to).toBe(mia.address);
    await eventually(() => shown.some(({ text, network }) => text === 'found you' && network === 'native'));

    await mia.links.revoke(await numberLink(mia));
    expect(await mia.links.list()).toEqual([]);
    expect((await ada.contacts.find(phone)).native).toBeNull();
    expect((await world.carrier.received(phone)).map(({ body }) => body)).toEqual([expect.stringMatching(/code/)]);
  }, 60_000);

  it('takes along what waited to go there in the clear, when its owner can be reached by it', async () => {
    const phone = '+14155550137';
    const [ada, mia] = [await world.register('moved-ada'), await world.register('moved-mia')];
    const shown = reading(mia);
    await world.befriend(ada, mia);
    const waiting = await ada.send(phone, 'written for a telephone');
    expect(waiting.state).toEqual({ kind: 'waiting-on-sender', reason: 'downgrade' });
    await linkNumber(mia, phone);
    await mia.links.setFindable(await numberLink(mia), 'everyone');
    expect((await ada.contacts.find(phone)).native).toBe(mia.address);
    // signed for the carrier, and yet nothing goes there: the stronger way was opened meanwhile
    await ada.approve(waiting);
    await eventually(() =>
      shown.some(({ text, network }) => text === 'written for a telephone' && network === 'native'),
    );
    expect(await ada.waiting()).toEqual([]);
    expect((await world.carrier.received(phone)).map(({ body }) => body)).toEqual([expect.stringMatching(/code/)]);
  }, 60_000);

  it('is made a contact of anew where another device removed it', async () => {
    const phone = '+14155550138';
    const ada = await world.register('removing');
    const second = await world.addDevice(ada, 'removing-2');
    await ada.contacts.find(phone);
    await second.contacts.find(phone);
    await second.contacts.remove(phone);
    const sent = await ada.send(phone, 'again');
    expect(sent.state).toEqual({ kind: 'waiting-on-sender', reason: 'downgrade' });
    expect(await ada.waiting()).toHaveLength(1);
  }, 60_000);

  it('is found by people whose number its owner has, and by no others', async () => {
    const [phone, asking, other] = ['+14155550132', '+14155550133', '+14155550134'];
    const [max, nia] = [await world.register('max'), await world.register('nia')];
    await linkNumber(max, phone);
    await max.links.setFindable(await numberLink(max), 'contacts');
    await linkNumber(nia, asking);
    expect((await nia.contacts.find(phone)).native).toBeNull();
    await max.contacts.find(other);
    expect((await nia.contacts.find(phone)).native).toBeNull();
    await max.contacts.find(asking);
    expect((await nia.contacts.find(phone)).native).toBe(max.address);
    await max.contacts.remove(asking);
    expect((await nia.contacts.find(phone)).native).toBeNull();
  }, 60_000);

  it('belongs to whoever proved it last, and the one before is told', async () => {
    const phone = '+14155550135';
    const [old, young] = [await world.register('old'), await world.register('young')];
    await linkNumber(old, phone);
    await old.links.setFindable(await numberLink(old), 'everyone');
    await linkNumber(young, phone);
    expect(await numberLink(old)).toMatchObject({ state: 'ended', because: 'proved-by-another', findable: 'nobody' });
    const asker = await world.register('asker');
    expect((await asker.contacts.find(phone)).native).toBeNull();
  }, 60_000);

  it('is not proved by a wrong code, by another account, or twice', async () => {
    const phone = '+14155550136';
    const [pat, eve] = [await world.register('pat'), await world.register('eve')];
    const challenge = await pat.links.linkNumber(phone);
    await eventually(async () => (await world.carrier.received(phone)).length > 0);
    const code = /\d{6}/.exec((await world.carrier.received(phone)).at(-1)?.body ?? '')?.[0] ?? '';
    const wrong = code === '000000' ? '000001' : '000000';
    await expect(pat.links.prove(challenge, wrong)).rejects.toMatchObject({ code: 'code-wrong' });
    await expect(eve.links.prove(challenge, code)).rejects.toMatchObject({ code: 'code-wrong' });
    await pat.links.prove(challenge, code);
    await expect(pat.links.prove(challenge, code)).rejects.toMatchObject({ code: 'code-wrong' });
    const guessed = await pat.links.linkNumber(phone);
    for (let tries = 0; tries < 5; tries += 1)
      await expect(pat.links.prove(guessed, wrong)).rejects.toMatchObject({ code: 'code-wrong' });
    await eventually(async () => (await world.carrier.received(phone)).length > 1);
    const second = /\d{6}/.exec((await world.carrier.received(phone)).at(-1)?.body ?? '')?.[0] ?? '';
    await expect(pat.links.prove(guessed, second)).rejects.toMatchObject({ code: 'code-wrong' });
  }, 60_000);
});

describe('several native networks', () => {
  it('keep the same handle apart, and are in the discovery document', async () => {
    const response = await fetch(`${world.gatewayUrl}/.well-known/causeway`);
    expect(await response.json()).toMatchObject({ nativeHosts: ['causeway.local', OTHER_HOST] });
    const here = await world.register('same');
    const there = await Device.register({
      gateway: world.gatewayUrl,
      host: OTHER_HOST,
      handle: world.handle('same'),
      folder: world.deviceFolder('same-there'),
      passphrase: PASSPHRASE,
    });
    expect(there.address).toBe(here.address.replace('causeway.local', OTHER_HOST));
    await expect(world.register('same-nowhere', world.gatewayUrl, 'nobody.example')).rejects.toMatchObject({
      code: 'invalid-address',
    });
    await there.close();
  }, 60_000);

  it('carry words between them only while both people want that, and switching off cannot be told', async () => {
    const ida = await world.register('ida');
    const dan = await world.register('dan', world.gatewayUrl, OTHER_HOST);
    const shown = reading(dan);
    await expect(ida.send(dan.address, 'across')).rejects.toMatchObject({ code: 'interoperability-off' });
    await ida.links.setCrossNetwork(true);
    await ida.send(dan.address, 'nobody asks dan');
    await dan.links.setCrossNetwork(true);
    dan.on('request', (request) => dan.accept(request));
    await ida.send(dan.address, 'dan is asked');
    await eventually(() => shown.some(({ text }) => text === 'dan is asked'));
    const back = reading(ida);
    await dan.send(ida.address, 'and back');
    await eventually(() => back.some(({ text }) => text === 'and back'));
    await dan.links.setCrossNetwork(false);
    const dropped = await ida.send(dan.address, 'into the void');
    expect(dropped.state.kind).not.toBe('failed');
    await dan.links.setCrossNetwork(true);
    await ida.send(dan.address, 'after');
    await eventually(() => shown.some(({ text }) => text === 'after'));
    expect(shown.map(({ text }) => text)).not.toContain('into the void');
  }, 60_000);

  it('hold two accounts of one person, linked by a device of each and unlinked by either', async () => {
    const first = await world.register('ren');
    const second = await world.register('ren-2', world.gatewayUrl, OTHER_HOST);
    const stranger = await world.register('stranger');
    const offer = await first.links.offerAccount(second.address);
    await expect(stranger.links.acceptAccount(offer)).rejects.toThrow(/not for this account/);
    await second.links.acceptAccount(offer);
    expect(await first.links.list()).toMatchObject([{ kind: 'account', address: second.address, state: 'active' }]);
    const [seen] = await second.links.list();
    expect(seen).toMatchObject({ kind: 'account', address: first.address });
    if (seen) await second.links.revoke(seen);
    expect(await first.links.list()).toEqual([]);
  }, 60_000);
});

describe('an alias', () => {
  const write = (from: string, text: string) => world.carrier.write({ from, to: BRIDGE, text });

  it('carries a conversation in which neither side learns the other’s number or handle', async () => {
    const phone = '+14155550141';
    const seller = await world.register('seller');
    const shown = reading(seller);
    const alias = await seller.aliases.make({ kind: 'listing' });
    expect(alias.textTo).toContain(BRIDGE);
    await write(phone, `${alias.code.toUpperCase()} Is the bicycle still there?`);
    await eventually(() => shown.length === 1, { what: 'the seller reads it' });
    const [asked] = shown;
    expect(asked?.text).toBe('Is the bicycle still there?');
    const buyer = asked?.from ?? '';
    expect(buyer).toMatch(/^contact:c_/);
    const answer = await seller.send(buyer, 'It is.');
    await seller.approve(answer);
    await eventually(async () => (await world.carrier.received(phone)).some(({ body }) => body === 'It is.'));
    await write(phone, 'I take it.');
    await eventually(() => shown.length === 2);
    expect(shown[1]?.from).toBe(buyer);
    expect((await seller.aliases.list())[0]?.conversations).toEqual([asked?.conversation]);
    // what either side has
    const handset = JSON.stringify(await world.carrier.received(phone));
    expect(handset).not.toContain(world.handle('seller'));
    const device = JSON.stringify([await seller.messages(), await seller.contacts.list(), await seller.aliases.list()]);
    expect(device).not.toContain(phone.slice(1));
  }, 60_000);

  it('shuts its door at once when it is revoked, and leaves nothing that joins the two', async () => {
    const phone = '+14155550142';
    const seller = await world.register('closing');
    const shown = reading(seller);
    const alias = await seller.aliases.make({ kind: 'public', expiresInSeconds: 3600 });
    await write(phone, `${alias.code} first`);
    await eventually(() => shown.length === 1);
    const buyer = shown[0]?.from ?? '';
    await seller.aliases.revoke(alias);
    expect((await seller.send(buyer, 'too late')).state).toEqual(ENDED);
    await write(phone, 'are you there?');
    await write(phone, `${alias.code} and now?`);
    const control = await seller.aliases.make({ kind: 'listing' });
    await write('+14155550143', `${control.code} control`);
    await eventually(() => shown.some(({ text }) => text === 'control'));
    expect(shown.map(({ text }) => text)).toEqual(['first', 'control']);
    const stores = new Stores({ url: world.databaseUrl });
    const { hits } = await searchEveryRow(stores.database, [alias.code, alias.alias, buyer.slice('contact:'.length)]);
    await stores.close();
    expect(hits).toBe(0);
  }, 60_000);

  it('ends what waits for it clearly when it is revoked', async () => {
    const phone = '+14155550146';
    const seller = await world.register('waiting-seller');
    const shown = reading(seller);
    const alias = await seller.aliases.make({ kind: 'listing' });
    await write(phone, `${alias.code} hello`);
    await eventually(() => shown.length === 1);
    const waiting = await seller.send(shown[0]?.from ?? '', 'shall I?');
    expect(waiting.state).toEqual({ kind: 'waiting-on-sender', reason: 'downgrade' });
    await seller.aliases.revoke(alias);
    expect((await seller.approve(waiting)).state).toEqual(ENDED);
    expect(await seller.waiting()).toEqual([]);
    expect(await world.carrier.received(phone)).toEqual([]);
  }, 60_000);

  it('for one contact lets one telephone in, and a word that is no alias none', async () => {
    const seller = await world.register('careful');
    const shown = reading(seller);
    const alias = await seller.aliases.make({ kind: 'contact' });
    await write('+14155550144', `${alias.code} it is me`);
    await eventually(() => shown.length === 1);
    await write('+14155550145', `${alias.code} me too`);
    await write('+14155550145', 'aaaaa-bbbbb guessed');
    await write('+14155550144', 'still me');
    await eventually(() => shown.length === 2);
    expect(shown.map(({ text }) => text)).toEqual(['it is me', 'still me']);
  }, 60_000);
});
