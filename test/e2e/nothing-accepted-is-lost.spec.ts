import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from '@causeway/client';
import { DatabaseWitness, faultsAtDevices, readHandset } from '../support/delivery-check.js';
import { inject, type Injection } from '../support/injections.js';
import { SeededRandom } from '../support/seeded-random.js';
import { Acknowledgements, Recorder, textOf, type Conversation } from '../support/traffic.js';
import { eventually, World } from '../support/world.js';

const PEOPLE = ['ada', 'bob', 'cleo', 'dov', 'eli'] as const;
const BEFORE_THE_FIRST_BLOW = 10;
/** Submitted between the blows, so that devices meet a gateway that is gone. */
const BETWEEN_THE_BLOWS = 2;
const PER_CONVERSATION = BEFORE_THE_FIRST_BLOW + BETWEEN_THE_BLOWS;
const PHONES_EACH = 2;
const SETTLE_MS = 60_000;

/** Worker and edge several times each, the gateway once; the order within each part is of chance. The queue goes twice in the middle. */
const PARTS: readonly (readonly Injection[])[] = [
  ['kill-edge', 'kill-worker', 'kill-gateway'],
  ['wipe-queue', 'wipe-queue-while-dead'],
  ['kill-edge', 'kill-worker-and-edge'],
];

/** Until all are submitted the carrier takes nothing, and says so: whatever the speed of the machine, all are in flight at the first blow. */
const HOLD = { mode: '429', count: 1_000_000 } as const;
/** Then every call takes long enough that an edge dies in the middle of some. Some answers are lost, some calls never arrive. */
const SLOW = { mode: 'slow', delayMs: 2_500 } as const;
const CARRIER_FAULTS = [
  { ...SLOW, count: 5 },
  { mode: 'accept-then-drop', count: 2 },
  { ...SLOW, count: 5 },
  { mode: 'drop', count: 2 },
  { ...SLOW, count: 5 },
  { mode: 'accept-then-500', count: 2 },
  { ...SLOW, count: 1_000_000 },
] as const;

/** An attempt that the carrier showed no trace of, so that another was made; one that was turned away (429) is `not-sent: congested`. */
const wasGivenUp = (outcome: string): boolean => outcome.startsWith('not-sent') && !outcome.endsWith('congested');

const random = new SeededRandom();
let world: World;
let witness: DatabaseWitness;
beforeAll(async () => {
  world = await World.start({
    env: {
      CAUSEWAY_CALL_BEFORE_SECONDS: '2',
      CAUSEWAY_UNKNOWN_ABSENT_AFTER_SECONDS: '4',
      // no message steps aside: on a slow machine the order has to hold as well
      CAUSEWAY_CLEAR_HEAD_BLOCK_SECONDS: '600',
    },
  });
  witness = new DatabaseWitness(world.databaseUrl);
}, 90_000);
afterAll(async () => world.close(), 30_000);

describe('with worker, edge and gateway killed and the queue wiped while about 200 messages are in flight', () => {
  it('delivers every accepted message, in order per conversation, none twice at a native device', async () => {
    const startedMs = Date.now();
    const conversations = await meet();
    const acknowledgements = new Acknowledgements();
    await world.carrier.fault(HOLD);
    await Promise.all(
      conversations.map((each) => acknowledgements.submit(each, { from: 1, to: BEFORE_THE_FIRST_BLOW })),
    );
    expect(await witness.inFlight()).toBe(conversations.length * BEFORE_THE_FIRST_BLOW);
    await clearFaults();
    for (const fault of CARRIER_FAULTS) await world.carrier.fault(fault);
    const submitting = Promise.all(conversations.map((each) => submitBetweenBlows(each, acknowledgements)));
    const granting = grantEverything();
    const { done, jobsWiped } = await inject(
      { world, witness, random },
      PARTS.flatMap((part) => random.shuffle(part)),
    );
    expect(jobsWiped).toBeGreaterThan(0);
    await clearFaults();
    await Promise.all([submitting, granting]);
    await allDelivered(conversations);
    const report = await check(conversations, acknowledgements);
    const summary = `seed ${random.seed}: ${conversations.length * PER_CONVERSATION} messages in ${conversations.length} conversations; in flight at each blow: ${done.join(', ')}; ${jobsWiped} jobs wiped; ${report}; ${Math.round((Date.now() - startedMs) / 1000)} s`;
    process.stdout.write(`nothing-accepted-is-lost: ${summary}\n`);
  }, 240_000);
});

describe('with the edge dead at the moment when the carrier tells of a delivery', () => {
  it('asks the carrier after its start, since nobody repeats a receipt', async () => {
    const phone = '+14155550190';
    const fay = await world.register('fay');
    await setOnline(phone, false);
    const sent = await fay.send(`tel:${phone}`, 'while you were out', { allowClear: ['sms'] });
    await eventually(async () => (await fay.status(sent)).state.kind === 'sent', { what: 'handed to the carrier' });
    await world.edge.stop('SIGKILL');
    await setOnline(phone, true);
    await eventually(async () => (await world.carrier.received(phone)).length === 1, { what: 'on the handset' });
    await world.edge.start();
    await eventually(async () => (await fay.status(sent)).state.kind === 'delivered', {
      withinMs: 30_000,
      what: 'delivered, as the sender knows it',
    });
  }, 90_000);
});

describe('the checker itself', () => {
  const shown = (...numbers: readonly number[]) => [
    { name: 'a device', shown: numbers.map((number) => ({ text: textOf('a to b', number) })) },
  ];
  const lying = (...numbers: readonly number[]) => numbers.map((number) => ({ body: textOf('a to b', number) }));

  it('passes what came once and in order, and names what was lost, shown twice or out of order', () => {
    expect(faultsAtDevices('a to b', 3, shown(1, 2, 3))).toEqual([]);
    for (const wrong of [shown(1, 3), shown(1, 2, 2, 3), shown(1, 3, 2)]) {
      expect(faultsAtDevices('a to b', 3, wrong)).toHaveLength(1);
    }
    expect(readHandset('a to b', 3, lying(1, 2, 3))).toEqual({ faults: [], repeated: [] });
    expect(readHandset('a to b', 3, lying(1, 2, 2, 3))).toEqual({ faults: [], repeated: [textOf('a to b', 2)] });
    for (const wrong of [lying(1, 3), lying(1, 3, 2)]) {
      expect(readHandset('a to b', 3, wrong).faults).toHaveLength(1);
    }
  });
});

async function clearFaults(): Promise<void> {
  expect((await fetch(`${world.carrier.url}/faults`, { method: 'DELETE' })).status).toBe(204);
}

async function setOnline(phone: string, online: boolean): Promise<void> {
  const response = await fetch(`${world.carrier.url}/handsets/${phone}/state`, {
    method: 'POST',
    body: JSON.stringify({ online }),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(200);
}

const grants: (() => Promise<void>)[] = [];

/** Five people, of whom one has two devices: ten conversations among them that wait for a grant, ten with telephones. */
async function meet(): Promise<Conversation[]> {
  const devices = new Map<string, Device[]>();
  for (const name of PEOPLE) devices.set(name, [await world.register(name)]);
  const [ada] = devices.get('ada') ?? [];
  if (ada) devices.get('ada')?.push(await world.addDevice(ada, 'ada-2'));
  const recorded = new Map<string, Recorder[]>();
  for (const [name, own] of devices) {
    const of = own.map((device, index) => new Recorder(`${name}-${index + 1}`, device));
    recorded.set(name, of);
  }
  const of = (name: string): Recorder[] => recorded.get(name) ?? [];
  const native = PEOPLE.flatMap((asker, index) =>
    PEOPLE.slice(index + 1).flatMap((asked) => pairOf(of(asker), of(asked), `${asker} to ${asked}`)),
  );
  const clear = PEOPLE.flatMap((name, index) =>
    Array.from({ length: PHONES_EACH }, (_, phone) => phonesOf(of(name), index * PHONES_EACH + phone)).flat(),
  );
  return [...native, ...clear];
}

function pairOf(asker: readonly Recorder[], asked: readonly Recorder[], name: string): Conversation[] {
  const [from, to] = [asker[0], asked[0]];
  if (!from || !to) return [];
  grants.push(async () => {
    const request = (await to.device.requests()).find((waiting) => waiting.from === from.device.address);
    if (!request) throw new Error(`nobody asked: ${name}`);
    await to.device.accept(request);
  });
  return [{ name, sender: from.device, to: to.device.address, receivers: [...asked, ...asker.slice(1)], options: {} }];
}

function phonesOf(owner: readonly Recorder[], index: number): Conversation[] {
  const [from, ...others] = owner;
  if (!from) return [];
  const to = `tel:+1415555011${index}`;
  return [
    {
      name: `${from.name} to ${to}`,
      sender: from.device,
      to,
      receivers: others,
      options: { allowClear: ['sms'], onUnknown: 'resend' },
    },
  ];
}

/** Every waiting request is accepted at a moment of chance: all its messages are sealed and go while processes die. */
async function grantEverything(): Promise<void> {
  await Promise.all(
    grants.map(async (grant) => {
      await pause(random.between(0, 12_000));
      await eventually(
        () =>
          grant().then(
            () => true,
            () => false,
          ),
        { withinMs: 60_000, what: 'a grant' },
      );
    }),
  );
}

async function submitBetweenBlows(conversation: Conversation, acknowledgements: Acknowledgements): Promise<void> {
  for (let number = BEFORE_THE_FIRST_BLOW + 1; number <= PER_CONVERSATION; number += 1) {
    await pause(random.between(1_000, 8_000));
    await acknowledgements.submit(conversation, { from: number, to: number });
  }
}

const lastStates = async (conversation: Conversation) =>
  (await conversation.sender.messages({ with: conversation.to })).filter(({ state }) => state !== undefined);

/** As the senders' own devices know it. Names what is missing, and what the tables say of it. */
async function allDelivered(conversations: readonly Conversation[]): Promise<void> {
  const endMs = Date.now() + SETTLE_MS;
  for (;;) {
    const sent = (await Promise.all(conversations.map(lastStates))).flat();
    const open = sent.filter(({ state }) => state?.kind !== 'delivered');
    if (sent.length === conversations.length * PER_CONVERSATION && open.length === 0) return;
    if (Date.now() > endMs) {
      const stored = new Map((await witness.messages()).map((facts) => [facts.messageId, facts]));
      const lines = open.map(
        ({ messageId, text, state }) =>
          `${text}: ${state?.kind} on its device, ${JSON.stringify(stored.get(messageId))} in the tables`,
      );
      const running = [world.gateway, world.worker, world.edge].map(({ isRunning }) => isRunning);
      const said = world.logs.split('\n').slice(-60).join('\n');
      throw new Error(
        `seed ${random.seed}: ${sent.length} sent, not delivered in time:\n${lines.join('\n')}\ngateway, worker, edge running: ${running.join()}\n${said}`,
      );
    }
    await pause(200);
  }
}

/** Holds three witnesses against each other: what clients were told, what lies on devices and handsets, what the tables say. */
async function check(conversations: readonly Conversation[], acknowledgements: Acknowledgements): Promise<string> {
  const stored = new Map((await witness.messages()).map((facts) => [facts.messageId, facts]));
  const attempts: (readonly string[])[] = [];
  const duplicates: string[] = [];
  for (const conversation of conversations) {
    const sent = await lastStates(conversation);
    for (const { messageId } of sent) expect(stored.get(messageId)?.state).toBe('delivered');
    expect(faultsAtDevices(conversation.name, PER_CONVERSATION, conversation.receivers)).toEqual([]);
    if (!conversation.to.startsWith('tel:')) continue;
    const { faults, repeated } = readHandset(
      conversation.name,
      PER_CONVERSATION,
      await world.carrier.received(conversation.to.slice(4)),
    );
    expect(faults).toEqual([]);
    for (const { messageId, text } of sent) {
      const outcomes = stored.get(messageId)?.attempts ?? [];
      attempts.push(outcomes);
      if (text === undefined || !repeated.includes(text)) continue;
      duplicates.push(text);
      // the only road to a second copy: the first try ended without a word, and the sender asked for another
      expect(outcomes.some(wasGivenUp)).toBe(true);
    }
  }
  const sentTexts = (await Promise.all(conversations.map(lastStates))).flat().map(({ text }) => text);
  expect([...acknowledgements.texts].filter((text) => !sentTexts.includes(text))).toEqual([]);
  expect([...stored.values()].filter(({ state }) => state === 'delivered')).toHaveLength(sentTexts.length);
  expect([...stored.values()].filter(({ state }) => state !== 'delivered' && state !== 'cancelled')).toEqual([]);
  await eventually(
    async () => {
      const left = await witness.leftovers();
      return left !== undefined && Object.values(left).every((count) => count === 0);
    },
    { what: 'lanes, envelopes and inboxes empty' },
  );
  const resent = attempts.filter((outcomes) => outcomes.some(wasGivenUp)).length;
  return `${acknowledgements.texts.size} acknowledged at once, ${acknowledgements.unanswered} by the device's own retries; lost 0, out of order 0, twice at native devices 0; SMS resent ${resent}, SMS duplicates ${duplicates.length}${duplicates.length > 0 ? ` (${duplicates.join('; ')})` : ''}`;
}
