import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { signAccountLink } from '@causeway/signal-protocol';
import { fromBase64Url, toBase64Url } from '@causeway/message-model';
import { z } from 'zod';
import { Intruder } from '../support/intruder.js';
import { about, LISTS, refused, ROUTES, type Friend, type LiarsWorld } from '../support/liars-world.js';
import { link, linked, reads, THERE, twoNetworks, unlink, write, type Linked } from '../support/linked-people.js';
import type { Lie, LyingGateway } from '../support/lying-gateway.js';

const TEST_MS = 60_000;

let liars: LiarsWorld;
let gateway: LyingGateway;
beforeAll(async () => {
  liars = await twoNetworks();
  ({ gateway } = liars);
}, 90_000);
afterEach(() => gateway.tellTheTruth());
afterAll(async () => liars.close(), 30_000);

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
      const all = await linked(liars, `lie-${what.length}`);
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
      const all = await linked(liars, 'mallory');
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
      const all = await linked(liars, 'key');
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
      const all = await linked(liars, 'insist');
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
      const all = await linked(liars, 'replay');
      let led: z.infer<typeof ledPlan> | undefined;
      gateway.tell(ledBy((plan) => (led = plan)));
      await write(all, 'while it held');
      await reads(all.there, 'while it held');
      gateway.tellTheTruth();
      await unlink(all);
      await write(all, 'it is over');
      await reads(all.kim, 'it is over');
      gateway.tell(ledBy(() => led));
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
    const all = await linked(liars, 'withheld');
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
