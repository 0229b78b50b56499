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
