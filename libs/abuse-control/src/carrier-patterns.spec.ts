import { describe, expect, it } from '@jest/globals';
import { Guard } from './guard.js';
import type { GuardEvent } from './guard-event.js';
import { MemoryGuardStore } from './memory-guard-store.js';
import { WEEK_MS } from './guard-store.js';
import { replayKeys } from './replay-keys.js';

const START_MS = 2_900 * WEEK_MS + 3_600_000;
const MINUTE_MS = 60_000;

const guard = () => new Guard({ store: new MemoryGuardStore(), keys: replayKeys(Buffer.from('carrier')) });

/** What a telephone does, about which a carrier alone says who it is. */
const fromTelephone = (recipient: string, atMs: number, more: Partial<GuardEvent> = {}): GuardEvent => ({
  tenant: 't',
  profile: 'phone',
  sender: 'digest of a number',
  recipient,
  atMs,
  kind: 'message',
  isEstablished: false,
  transport: 'clear',
  assurance: 'carrier',
  ...more,
});

/** New recipients one after the other until one is held, and how many were reached before. */
async function reachedBeforeHold(judge: Guard, events: readonly GuardEvent[]): Promise<number> {
  for (const [reached, event] of events.entries()) {
    const { action } = await judge.judge(event);
    if (action === 'hold' || action === 'block' || action === 'suspend') return reached;
  }
  return Infinity;
}

describe('what comes from a carrier', () => {
  it('as one message each to many people, which begs for an answer, is held within twenty of them', async () => {
    const ring = Array.from({ length: 60 }, (_, index) => fromTelephone(`a${index}`, START_MS + index * MINUTE_MS));
    expect(await reachedBeforeHold(guard(), ring)).toBeLessThanOrEqual(20);
  });

  it('from a number that has somebody else now is judged as the stranger they are, not by who had it', async () => {
    const judge = guard();
    await judge.judge(fromTelephone('ada', START_MS));
    await judge.judge(fromTelephone('ada', START_MS + MINUTE_MS, { kind: 'reply' }));
    // the next owner of the number: another person, so another conversation
    const ring = Array.from({ length: 60 }, (_, index) =>
      fromTelephone(`b${index}`, START_MS + 15 * 86_400_000 + index * MINUTE_MS),
    );
    expect(await reachedBeforeHold(judge, ring)).toBeLessThanOrEqual(20);
  });

  it('as an ordinary person who writes to three and is answered is never held', async () => {
    const judge = guard();
    for (const [index, friend] of ['ada', 'bob', 'eve'].entries()) {
      const atMs = START_MS + index * 10 * MINUTE_MS;
      expect((await judge.judge(fromTelephone(friend, atMs))).action).not.toBe('hold');
      await judge.judge(fromTelephone(friend, atMs + MINUTE_MS, { kind: 'reply' }));
    }
    expect(
      await reachedBeforeHold(judge, [
        fromTelephone('ada', START_MS + 86_400_000),
        fromTelephone('max', START_MS + 86_500_000),
      ]),
    ).toBe(Infinity);
  });
});

describe('pumping: numbers in rows, in countries that never answered', () => {
  it('is held within twenty numbers, however evenly it goes', async () => {
    const pumped = Array.from({ length: 60 }, (_, index) =>
      fromTelephone(`n${index}`, START_MS + index * 3 * MINUTE_MS, {
        sender: 'mallory',
        assurance: 'device',
        features: {
          country: ['LV', 'KG', 'TD'][index % 3] ?? 'LV',
          gapClass: index === 0 ? 'far' : 'near',
          accountAgeMs: 3_600_000,
        },
      }),
    );
    expect(await reachedBeforeHold(guard(), pumped)).toBeLessThanOrEqual(20);
  });

  it('is told by the numbers that do not exist, when they are spread out', async () => {
    const judge = guard();
    let reached = 0;
    for (; reached < 60; reached += 1) {
      const recipient = `x${reached}`;
      const of = { sender: 'mallory', assurance: 'device', features: { country: 'US', gapClass: 'far' } } as const;
      const atMs = START_MS + reached * 20 * MINUTE_MS;
      const { action } = await judge.judge(fromTelephone(recipient, atMs, of));
      if (action === 'hold' || action === 'block') break;
      await judge.judge(fromTelephone(recipient, atMs + 1_000, { ...of, kind: 'delivery-failed' }));
    }
    expect(reached).toBeLessThanOrEqual(30);
  });
});
