import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RouteSwitch } from '@causeway/client';
import { signAccountLink } from '@causeway/signal-protocol';
import { fromBase64Url, toBase64Url } from '@causeway/message-model';
import { z } from 'zod';
import { Intruder } from '../support/intruder.js';
import { about, LiarsWorld, LISTS, refused, ROUTES, type Deceived, type Friend } from '../support/liars-world.js';
import type { Lie, LyingGateway } from '../support/lying-gateway.js';
import { eventually } from '../support/world.js';

const [HERE, THERE] = ['causeway.local', 'direct.example'];
const TEST_MS = 60_000;

let liars: LiarsWorld;
let gateway: LyingGateway;
beforeAll(async () => {
  liars = await LiarsWorld.start({ env: { CAUSEWAY_OTHER_NATIVE_HOSTS: THERE } });
  ({ gateway } = liars);
}, 90_000);
afterEach(() => gateway.tellTheTruth());
afterAll(async () => liars.close(), 30_000);

interface Linked {
  readonly ada: Deceived;
  /** The account that granted Ada, and her other one on the other network. */
  readonly kim: Friend;
  readonly there: Friend;
}

const link = async ({ kim, there }: Pick<Linked, 'kim' | 'there'>): Promise<string> =>
  kim.device.links.acceptAccount(await there.device.links.offerAccount(kim.device.address));

async function unlink({ kim }: Pick<Linked, 'kim'>): Promise<void> {
  for (const one of await kim.device.links.list()) await kim.device.links.revoke(one);
}

/** Ada and Kim have written; Kim has another account that Ada has nothing to do with, linked, and would rather be reached there. */
async function linked(name: string): Promise<Linked> {
  const { ada, bob: kim } = await liars.pair(name);
  const there = await liars.friend(`${name}-there`, THERE);
  for (const { device } of [ada, there]) await device.links.setCrossNetwork(true);
  expect(await link({ kim, there })).toBe(there.device.address);
  await kim.device.routing.set({ order: [THERE, HERE] });
  return { ada, kim, there };
}

const write = async ({ ada, kim }: Linked, text: string) => ada.device.send(kim.device.address, text);
const reads = (friend: Friend, text: string) =>
  eventually(() => friend.texts().includes(text), { what: `"${text}" arrives` });

describe('an order that names the network of another account', () => {
  it(
    'leads the next message there, end-to-end encrypted, and the one after the next change back again',
    async () => {
      const all = await linked('lead');
      const { ada, kim, there } = all;
      const switches = new Map<string, RouteSwitch[]>([
        ['ada', []],
        ['kim', []],
      ]);
      ada.device.on('route-switched', (told) => void switches.get('ada')?.push(told));
      kim.device.on('route-switched', (told) => void switches.get('kim')?.push(told));
      const sent = await write(all, 'to the other one');
      expect(sent.to).toBe(there.device.address);
      await reads(there, 'to the other one');
      await eventually(async () => (await ada.device.status(sent.messageId)).state.kind === 'delivered');
      expect(kim.texts()).not.toContain('to the other one');
      const { pin } = { pin: await ada.device.safetyNumber(there.device.address) };
      expect(await there.device.safetyNumber(ada.device.address)).toBe(pin);

      await there.device.send(ada.device.address, 'an answer from there');
      await eventually(async () => (await ada.device.messages()).some(({ text }) => text === 'an answer from there'));
      await write(all, 'it stays so');
      await reads(there, 'it stays so');

      await kim.device.routing.set({ order: [HERE, THERE] });
      expect((await write(all, 'and back')).to).toBe(kim.device.address);
      await reads(kim, 'and back');
      for (const told of switches.values()) {
        await eventually(() => told.length === 2, { what: 'both are told of both switches' });
        expect(told.map(({ address }) => address)).toEqual([there.device.address, kim.device.address]);
      }
      expect(ada.troubles).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'is explained to whoever has a grant, and moves nobody to whom it was not said',
    async () => {
      const { ada, kim, there } = await linked('explain');
      const stranger = await liars.deceived('explain-stranger');
      expect((await ada.device.routing.explain(kim.device.address)).ways).toEqual([
        { network: 'native', confidentiality: 'sealed', outcome: 'next', address: kim.device.address },
        { network: 'native', confidentiality: 'sealed', outcome: 'taken', address: there.device.address },
      ]);
      const nobody = `mimi://${HERE}/u/nobody-at-all`;
      expect(await stranger.device.routing.explain(kim.device.address)).toEqual(
        await stranger.device.routing.explain(nobody),
      );
      await kim.device.routing.set({ order: [HERE] }, ada.device.address);
      expect((await ada.device.routing.explain(kim.device.address)).ways).toEqual([
        { network: 'native', confidentiality: 'sealed', outcome: 'taken' },
      ]);
    },
    TEST_MS,
  );

  it(
    'asks for both people to take part in conversations between networks',
    async () => {
      const all = await linked('cross');
      await all.there.device.links.setCrossNetwork(false);
      expect((await write(all, 'their switch')).to).toBe(all.kim.device.address);
      const { ways } = await all.ada.device.routing.explain(all.kim.device.address);
      expect(ways).toContainEqual(
        expect.objectContaining({ address: all.there.device.address, outcome: 'closed', why: 'their choice' }),
      );
      await all.there.device.links.setCrossNetwork(true);
      await all.ada.device.links.setCrossNetwork(false);
      expect((await write(all, 'her switch')).to).toBe(all.kim.device.address);
      await all.ada.device.links.setCrossNetwork(true);
      // a way that was closed is not gone back to by itself: it takes another word of the recipient's
      await all.kim.device.routing.set({ order: [THERE] });
      expect((await write(all, 'both')).to).toBe(all.there.device.address);
    },
    TEST_MS,
  );
});

describe('a block by either account', () => {
  it.each([['kim'], ['there']] as const)(
    'by %s stops what is led, and does not show',
    async (who) => {
      const all = await linked(`block-${who}`);
      await write(all, 'before');
      await reads(all.there, 'before');
      const plan = await all.ada.device.routing.explain(all.kim.device.address);
      await all[who].device.block(all.ada.device.address);
      const sent = await write(all, 'not to be read');
      expect(sent.to).toBe(all.there.device.address);
      expect(await all.ada.device.routing.explain(all.kim.device.address)).toEqual(plan);
      await all[who].device.allow(all.ada.device.address);
      await write(all, 'after');
      await reads(all.there, 'after');
      expect(all.there.texts()).toEqual(['before', 'after']);
      expect((await all.ada.device.status(sent.messageId)).state.kind).not.toBe('delivered');
    },
    TEST_MS,
  );

  it(
    'that the other account made before keeps the words with the one that granted',
    async () => {
      const all = await linked('refused');
      await all.there.device.block(all.ada.device.address);
      expect((await write(all, 'to whom it may go')).to).toBe(all.kim.device.address);
      await reads(all.kim, 'to whom it may go');
    },
    TEST_MS,
  );

  it(
    'that the granted account made before leads on, and nothing arrives until it ends',
    async () => {
      const all = await linked('silent');
      await all.kim.device.block(all.ada.device.address);
      expect((await write(all, 'into the void')).to).toBe(all.there.device.address);
      await all.kim.device.allow(all.ada.device.address);
      await write(all, 'heard again');
      await reads(all.there, 'heard again');
      expect(all.there.texts()).toEqual(['heard again']);
    },
    TEST_MS,
  );
});

describe('a link that was taken back', () => {
  it(
    'ends the way, and the grant that came by it; made again it leads again',
    async () => {
      const all = await linked('unlink');
      await write(all, 'while linked');
      await reads(all.there, 'while linked');
      await unlink(all);
      expect((await write(all, 'after the link')).to).toBe(all.kim.device.address);
      await reads(all.kim, 'after the link');
      const asked: string[] = [];
      all.there.device.on('request', ({ from }) => void asked.push(from));
      const direct = await all.ada.device.send(all.there.device.address, 'may I?');
      expect(direct.state).toEqual({ kind: 'waiting-on-sender', reason: 'consent' });
      await eventually(() => asked.includes(all.ada.device.address), { what: 'the other account is asked' });
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await link(all);
      expect((await write(all, 'not by itself')).to).toBe(all.kim.device.address);
      await all.kim.device.routing.set({ order: [THERE] });
      expect((await write(all, 'linked anew')).to).toBe(all.there.device.address);
      expect(all.ada.troubles).toEqual([]);
    },
    TEST_MS,
  );
});

const signedLink = z.object({ document: z.string(), offered: z.string(), accepted: z.string() });
const ledPlan = z.looseObject({ conversation: z.string(), peer: z.unknown(), links: z.array(signedLink) });
const asked = z.object({ to: z.object({ conversation: z.string().optional() }), stays: z.boolean().optional() });

/** A lie about where the next message is led; what is asked for the granted account alone is answered truly. */
const ledBy =
  (change: (plan: z.infer<typeof ledPlan>) => unknown): Lie =>
  (told, heard) => {
    const question = ROUTES.test(heard.path) ? asked.safeParse(heard.body) : undefined;
    const plan = ledPlan.safeParse(told.body);
    if (!question?.success || question.data.stays === true || !plan.success) return undefined;
    return { status: told.status, body: change(plan.data) };
  };

const together =
  (...lies: readonly Lie[]): Lie =>
  (told, heard) =>
    lies.map((lie) => lie(told, heard)).find((lied) => lied !== undefined);

/** The words go to the account that granted, and the person is told that a link does not hold. */
async function expectKept(all: Linked, text: string): Promise<void> {
  const before = all.there.texts().length;
  const sent = await write(all, text);
  expect(sent.to).toBe(all.kim.device.address);
  await reads(all.kim, text);
  expect(all.there.texts()).toHaveLength(before);
  expect(all.ada.troubles).toContainEqual({ reason: 'link-does-not-hold', about: all.kim.device.address });
}

/** The truth leads there. */
async function expectLed(all: Linked): Promise<void> {
  gateway.tellTheTruth();
  expect((await write(all, 'in truth')).to).toBe(all.there.device.address);
  await reads(all.there, 'in truth');
}

const altered = (text: string): string => {
  const bytes = fromBase64Url(text) ?? new Uint8Array();
  return toBase64Url(bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)));
};

describe('a gateway that lies about where a link leads', () => {
  it.each<[string, (links: readonly z.infer<typeof signedLink>[], intruder: Intruder) => unknown]>([
    ['shows no link', () => []],
    ['alters what was signed', ([one]) => [one && { ...one, document: altered(one.document) }]],
    ['forges the offer', ([one], { identity }) => [one && { ...one, offered: forged(one.document, identity) }]],
    ['forges the acceptance', ([one], { identity }) => [one && { ...one, accepted: forged(one.document, identity) }]],
    ['exchanges the signatures', ([one]) => [one && { ...one, offered: one.accepted, accepted: one.offered }]],
  ])(
    'and %s moves nothing',
    async (what, change) => {
      const all = await linked(`lie-${what.length}`);
      const intruder = new Intruder();
      gateway.tell(ledBy((plan) => ({ ...plan, links: change(plan.links, intruder) })));
      await expectKept(all, 'for the granted one');
      await expectLed(all);
    },
    TEST_MS,
  );

  it(
    'and leads to somebody else who granted the sender moves nothing',
    async () => {
      const all = await linked('mallory');
      const mallory = await liars.friend('mallory-herself');
      await all.ada.device.send(mallory.device.address, 'hello mallory');
      await reads(mallory, 'hello mallory');
      const theirs = gateway.heard.length;
      let toMallory: z.infer<typeof ledPlan> | undefined;
      gateway.tell(ledBy((plan) => (toMallory = plan)));
      await all.ada.device.send(mallory.device.address, 'once more');
      expect(gateway.heard.length).toBeGreaterThan(theirs);
      gateway.tell(ledBy((plan) => ({ ...plan, conversation: toMallory?.conversation, peer: toMallory?.peer })));
      await expectKept(all, 'not for mallory');
      expect(mallory.texts()).not.toContain('not for mallory');
      await expectLed(all);
    },
    TEST_MS,
  );

  it(
    'and shows the other account under a key of its own gets nothing, at first use as well',
    async () => {
      const all = await linked('key');
      const intruder = new Intruder();
      const since = gateway.heard.length;
      gateway.tell(about(LISTS, ({ peer, self }) => ({ peer: forgedPeer(intruder, peer, all.there), self })));
      await expectKept(all, 'for no other key');
      liars.expectNothingFor(intruder, await liars.accountsOf(all.ada.device, all.there.device), since);
      await expectLed(all);
    },
    TEST_MS,
  );

  it(
    'and answers with the other account where the granted one was asked for has the words stay on the device',
    async () => {
      const all = await linked('insist');
      let led: unknown;
      gateway.tell(ledBy((plan) => (led = { ...plan, links: [] })));
      await expectKept(all, 'the truth about the first');
      gateway.tell((told, heard) => (ROUTES.test(heard.path) ? { status: told.status, body: led } : undefined));
      const error = await refused(write(all, 'for nobody'));
      expect(error).toMatchObject({ reason: 'plan-does-not-match', about: all.kim.device.address });
      gateway.tellTheTruth();
      await write(all, 'later');
      await reads(all.kim, 'for nobody');
    },
    TEST_MS,
  );

  it(
    'and brings back a link after its end was seen moves nothing, until it is signed anew',
    async () => {
      const all = await linked('replay');
      let led: z.infer<typeof ledPlan> | undefined;
      gateway.tell(ledBy((plan) => (led = plan)));
      await write(all, 'while it held');
      await reads(all.there, 'while it held');
      gateway.tellTheTruth();
      await unlink(all);
      await write(all, 'it is over');
      await reads(all.kim, 'it is over');
      gateway.tell(together(ledBy(() => led)));
      await expectKept(all, 'not by an old link');
      gateway.tellTheTruth();
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await link(all);
      await all.kim.device.routing.set({ order: [THERE] });
      await expectLed(all);
    },
    TEST_MS,
  );
});

it(
  'a gateway that keeps the end of a link to itself moves nothing that arrives elsewhere',
  async () => {
    const all = await linked('withheld');
    let led: z.infer<typeof ledPlan> | undefined;
    gateway.tell(ledBy((plan) => (led = plan)));
    await write(all, 'while it held');
    await reads(all.there, 'while it held');
    await unlink(all);
    gateway.tell(ledBy(() => led));
    await write(all, 'the grant went with the link');
    await reads(all.kim, 'the grant went with the link');
    expect(all.there.texts()).toEqual(['while it held']);
  },
  TEST_MS,
);

const forged = (document: string, { privateKey }: { readonly privateKey: Uint8Array }): string =>
  toBase64Url(signAccountLink(fromBase64Url(document) ?? new Uint8Array(), privateKey));

function forgedPeer(intruder: Intruder, shown: unknown, { device }: Friend): unknown {
  const { address } = z.looseObject({ address: z.string() }).parse(shown);
  return address === device.address ? intruder.withAccountKey(shown) : shown;
}
