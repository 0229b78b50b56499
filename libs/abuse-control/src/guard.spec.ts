import { beforeEach, describe, expect, it } from '@jest/globals';
import { Guard } from './guard.js';
import type { GuardEvent, GuardEventKind } from './guard-event.js';
import type { Decision } from './decision.js';
import { MemoryGuardStore } from './memory-guard-store.js';
import { replayKeys } from './replay-keys.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.UTC(2026, 0, 7);

let guard: Guard;
let atMs: number;

beforeEach(() => {
  guard = new Guard({ store: new MemoryGuardStore(), keys: replayKeys(new Uint8Array(32)) });
  atMs = START_MS;
});

const happens = (kind: GuardEventKind, recipient: string, more: Partial<GuardEvent> = {}): Promise<Decision> =>
  guard.judge({
    tenant: 'town',
    profile: 'community',
    sender: 'ann',
    recipient,
    atMs,
    kind,
    isEstablished: false,
    transport: 'native',
    assurance: 'device',
    ...more,
  });

/** One new person every three minutes or so: people keep no time. */
async function writesTo(people: number, from = 0): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (let index = from; index < from + people; index += 1) {
    atMs += (1 + ((index * 7) % 5)) * MINUTE_MS;
    decisions.push(await happens('message', `stranger ${String(index)}`));
  }
  return decisions;
}

const areAnsweredBy = async (people: number): Promise<void> => {
  for (let index = 0; index < people; index += 1) await happens('reply', `stranger ${String(index)}`);
};

describe('one message that is tried again and again', () => {
  const tries = async (times: number, isRetry: boolean): Promise<Decision[]> => {
    await writesTo(14);
    const decisions: Decision[] = [];
    for (let time = 0; time < times; time += 1) {
      atMs += 5_000;
      decisions.push(await happens('message', 'stranger 1', { isRetry }));
    }
    return decisions;
  };
  const signalsOf = (decisions: readonly Decision[]) =>
    new Set(decisions.flatMap(({ reasons }) => reasons.map(({ signal }) => signal)));

  it('is no insisting, and keeps no time: of 60 further messages both would count', async () => {
    expect([...signalsOf(await tries(60, false))]).toEqual(expect.arrayContaining(['NRU', 'CVW']));
  });

  it('counts once', async () => {
    const signals = signalsOf(await tries(60, true));
    expect(signals).toContain('N60');
    expect(signals).not.toContain('NRU');
    expect(signals).not.toContain('CVW');
  });

  it('counts as the first where the store has lost that it was tried: who waits for that gains nothing', async () => {
    const decisions: Decision[] = [];
    for (let number = 0; number < 30; number += 1)
      decisions.push(await happens('message', `forgotten ${String(number)}`, { isRetry: true }));
    expect(decisions.at(-1)?.action).toBe('block');
  });
});

describe('accounts that share a cluster', () => {
  const features = { clusters: ['a network'] };
  const isSuspended = async (sender: string): Promise<void> => {
    for (let index = 0; index < 8; index += 1)
      await happens('report', `reporter ${String(index)}`, { sender, features });
    // those that arrive together are judged together, and each of the last raises it
    const batch = Array.from({ length: 30 }, (_, index) => ({
      tenant: 'town',
      profile: 'community' as const,
      sender,
      recipient: `stranger ${String(index)}`,
      atMs,
      kind: 'message' as const,
      isEstablished: false,
      transport: 'native' as const,
      assurance: 'device' as const,
      features,
    }));
    const decisions = await guard.judgeAll(batch);
    expect(decisions.filter(({ isRaised, level }) => isRaised && level === 4).length).toBeGreaterThan(3);
  };
  const neighbours = async (sender: string, of: Partial<GuardEvent> = { features }) =>
    (await happens('message', 'somebody', { sender, ...of })).reasons.find(({ signal }) => signal === 'CLU')?.value;

  it('are told by the third that was suspended, each counted once however often it was decided, and never by itself', async () => {
    await isSuspended('bad 1');
    await isSuspended('bad 2');
    expect(await neighbours('new')).toBeUndefined();
    await isSuspended('bad 3');
    expect(await neighbours('bad 3')).toBeUndefined();
    expect(await neighbours('new')).toBe(3);
    expect(await neighbours('elsewhere', { features: { clusters: ['another network'] } })).toBeUndefined();
    expect(await neighbours('without', {})).toBeUndefined();
  });

  it('are no longer told of it after two weeks', async () => {
    for (const sender of ['bad 1', 'bad 2', 'bad 3']) await isSuspended(sender);
    atMs += 14 * 24 * HOUR_MS;
    expect(await neighbours('new')).toBeUndefined();
  });
});

describe('somebody who keeps on writing to new people', () => {
  it('is held by the twentieth and blocked by the fiftieth, with an established conversation going on', async () => {
    const decisions = await writesTo(50);
    expect(decisions.findIndex(({ level }) => level >= 2)).toBeLessThan(20);
    expect(decisions.at(-1)?.action).toBe('block');
    const friend = await happens('message', 'an old friend', { isEstablished: true });
    expect(friend.action).toBe('deliver');
  });

  it('stays blocked for a day', async () => {
    await writesTo(50);
    atMs += 23 * HOUR_MS;
    expect((await happens('message', 'one more')).action).toBe('block');
  });

  it('comes down from a hold when those people answer, and is not asked to wait again', async () => {
    const decisions = await writesTo(22);
    expect(decisions.at(-1)?.action).toBe('hold');
    atMs += 20 * MINUTE_MS;
    await areAnsweredBy(12);
    const after = await happens('message', 'one more');
    expect(after.level).toBeLessThan(2);
    atMs += MINUTE_MS;
    expect((await happens('message', 'and another')).level).toBeLessThan(2);
  });

  it('comes down from a block to what the score says when those people answer, and the decision is told once', async () => {
    const decisions = await writesTo(50);
    expect(decisions.at(-1)?.level).toBe(3);
    atMs += HOUR_MS;
    await areAnsweredBy(25);
    const later: Decision[] = [];
    for (const recipient of ['one more', 'another', 'a third', 'a fourth']) {
      atMs += MINUTE_MS;
      later.push(await happens('message', recipient));
    }
    expect(later.every(({ level }) => level < 3)).toBe(true);
    expect(later.filter(({ isRaised }) => isRaised).length).toBeLessThanOrEqual(1);
  });

  it('does not come down from a suspension by being answered', async () => {
    for (let index = 0; index < 8; index += 1) await happens('report', `reporter ${String(index)}`);
    await writesTo(50);
    expect((await happens('message', 'one more')).level).toBe(4);
    atMs += HOUR_MS;
    await areAnsweredBy(50);
    expect((await happens('message', 'another')).action).toBe('suspend');
  });
});
