import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayError } from '@causeway/message-model';
import { ClearBridge, eventually } from '../support/clear-bridge.js';
import { must, TENANT, type Person } from '../support/in-process.js';

const DAY_MS = 86_400_000;

let edge: ClearBridge;
let ada: Person;
beforeAll(async () => {
  edge = await ClearBridge.open();
  ada = await edge.bridge.person('ada');
}, 60_000);
afterAll(async () => edge.close());

const outcomeOf = async (work: Promise<unknown>): Promise<CausewayError | 'sent'> =>
  work.then(
    () => 'sent' as const,
    (thrown: unknown) => {
      if (thrown instanceof CausewayError) return thrown;
      throw thrown;
    },
  );

describe('what telephones may cost a tenant', () => {
  it('is held to by country and day, says when it is over, and is shown to the operator', async () => {
    const { spendingLimits, clock, charge } = edge.bridge;
    spendingLimits.set('US', 3);
    const to = await edge.contact(ada, '+14155559001');
    for (const text of ['one', 'two', 'three']) expect(await outcomeOf(edge.send(ada, to, text))).toBe('sent');
    const refused = await outcomeOf(edge.send(ada, to, 'four'));
    if (refused === 'sent') throw new Error('it went');
    expect(refused).toMatchObject({ code: 'spending-limit-reached', status: 429 });
    const { rateLimit } = must(refused.details.extensions) as { rateLimit: Record<string, unknown> };
    expect(rateLimit).toMatchObject({ policy: 'spending-country', quota: 3, windowSeconds: 86_400 });
    expect(Number(rateLimit['resetSeconds'])).toBeLessThanOrEqual(86_400);

    const shown = await charge.shown(TENANT);
    expect(shown).toContainEqual({ day: shown[0]?.day, country: 'US', messages: 3, quota: 3 });
    expect(shown[0]).toMatchObject({ country: '*', messages: 3 });

    clock.set(clock.nowMs() + DAY_MS);
    expect(await outcomeOf(charge.execute(TENANT, 'US'))).toBe('sent');
    clock.set(clock.nowMs() - DAY_MS);
  });

  it('is never exceeded by many at once, in one country or in all', async () => {
    const { spendingLimits, clock, charge } = edge.bridge;
    clock.set(clock.nowMs() + 3 * DAY_MS);
    spendingLimits.set('DE', 25);
    spendingLimits.set('all', 40);
    const at = (country: string, count: number) =>
      Array.from({ length: count }, () => outcomeOf(charge.execute(TENANT, country)));
    const outcomes = await Promise.all([...at('DE', 100), ...at('FR', 100)]);
    expect(outcomes.filter((each) => each === 'sent')).toHaveLength(40);
    const days = await charge.shown(TENANT);
    const today = days.filter(({ day }) => day === days[0]?.day);
    const of = (country: string) => today.find((each) => each.country === country)?.messages ?? 0;
    expect(of('DE')).toBeLessThanOrEqual(25);
    expect(of('DE') + of('FR')).toBe(40);
    expect(of('*')).toBe(40);
  });

  it('counts a long text by its parts, once the carrier took them', async () => {
    const { spendingLimits, clock, charge } = edge.bridge;
    clock.set(clock.nowMs() + 3 * DAY_MS);
    await edge.bridge.keys.tick();
    spendingLimits.delete('US');
    spendingLimits.delete('all');
    const to = await edge.contact(ada, '+14155559002');
    const messages = async () => (await charge.shown(TENANT))[0]?.messages;
    const { lane } = await edge.send(ada, to, 'a'.repeat(400));
    expect(await messages()).toBe(1);
    await edge.drain(lane);
    expect(await eventually(async () => ((await messages()) === 3 ? 3 : undefined))).toBe(3);
  });

  it('lets nothing go while it cannot be counted', async () => {
    const { spendingLimits, charge, clock, stores } = edge.bridge;
    clock.set(clock.nowMs() + 3 * DAY_MS);
    spendingLimits.delete('all');
    await stores.database.execute('ALTER TABLE transit.spending RENAME TO spending_away');
    try {
      await expect(charge.execute(TENANT, 'DE')).rejects.toThrow();
    } finally {
      await stores.database.execute('ALTER TABLE transit.spending_away RENAME TO spending');
    }
    expect(await outcomeOf(charge.execute(TENANT, 'DE'))).toBe('sent');
  });
});
