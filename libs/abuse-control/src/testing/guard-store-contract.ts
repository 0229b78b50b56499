import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WEEK_MS, type GuardStore, type Observation } from '../guard-store.js';
import { MemoryGuardStore } from '../memory-guard-store.js';
import { Pseudonyms, weekOf } from '../pseudonyms.js';
import { replayKeys } from '../replay-keys.js';
import { randomConduct } from './random-conduct.js';

const NAMES = new Pseudonyms(replayKeys(Buffer.from('contract')));
const MINUTE_MS = 60_000;
/** Redis drops what is past by its own clock: conduct of a test lies ahead. */
const START_MS = (weekOf(Date.now()) + 1) * WEEK_MS + 3_600_000;

export interface OpenedStore {
  readonly store: GuardStore;
  readonly close: () => Promise<void>;
}

/** What every guard store does, each in the same words: memory, Redis, PostgreSQL. */
export function describeGuardStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the guard's store in ${name}`, () => {
    let opened: OpenedStore;
    let tenants = 0;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => opened.close());

    const freshTenant = (): string => `${name} ${String((tenants += 1))}`;
    const see = (
      tenant: string,
      of: Partial<Observation> & { readonly recipient?: string; readonly sender?: string } = {},
    ): Observation => {
      const { recipient = 'bob', sender = 'ada', ...rest } = of;
      const atMs = rest.atMs ?? START_MS;
      return { ...NAMES.pair({ tenant, sender, recipient, atMs }), kind: 'message', atMs, ...rest };
    };
    const one = async (observation: Observation) => {
      const [snapshot] = await opened.store.observe([observation]);
      if (!snapshot) throw new Error('a store answered with nothing');
      return snapshot;
    };

    it('counts a recipient as new once, however many messages follow', async () => {
      const tenant = freshTenant();
      expect((await one(see(tenant))).pair.isNew).toBe(true);
      const again = await one(see(tenant, { atMs: START_MS + MINUTE_MS }));
      expect(again).toMatchObject({ pair: { isNew: false, firstAtMs: START_MS }, unansweredMessages: 2 });
      expect(again.newContacts).toEqual([0, 1, 1, 1, 1, 1]);
    });

    it('answers a batch in its order, each event seeing those before it', async () => {
      const tenant = freshTenant();
      const batch = ['1', '2', '3', '2'].map((recipient, index) => see(tenant, { recipient, atMs: START_MS + index }));
      const snapshots = await opened.store.observe(batch);
      expect(snapshots.map(({ newContacts }) => newContacts[0])).toEqual([1, 2, 3, 3]);
      expect(snapshots.map(({ pair }) => pair.isNew)).toEqual([true, true, true, false]);
    });

    it('forgets nothing of what happens at the same time', async () => {
      const tenant = freshTenant();
      const recipients = Array.from({ length: 24 }, (_, index) => `r${String(index)}`);
      await Promise.all(recipients.map((recipient) => opened.store.observe([see(tenant, { recipient })])));
      expect((await one(see(tenant, { kind: 'look' }))).newContacts[0]).toBe(24);
    });

    it('takes an answered contact out of the messages to silent people', async () => {
      const tenant = freshTenant();
      await one(see(tenant));
      await one(see(tenant, { atMs: START_MS + 10 }));
      await one(see(tenant, { recipient: 'eve', atMs: START_MS + 20 }));
      const after = await one(see(tenant, { kind: 'reply', atMs: START_MS + 2 * MINUTE_MS }));
      expect(after).toMatchObject({ unansweredMessages: 1, pair: { hasAnswered: true } });
      expect(after.answers[0]).toEqual({ contacted: 2, answered: 1 });
    });

    it('finds under the next week’s names what was recorded under this week’s', async () => {
      const tenant = freshTenant();
      await one(see(tenant, { gapClass: 'near', country: 'DE', kind: 'request' }));
      await one(see(tenant, { kind: 'report' }));
      const next = START_MS + WEEK_MS;
      expect(weekOf(next)).toBe(weekOf(START_MS) + 1);
      const later = await one(see(tenant, { atMs: next, kind: 'report' }));
      expect(later).toMatchObject({ firstSeenAtMs: START_MS, gapClasses: ['near'], reporters: [1, 1] });
      expect((await one(see(tenant, { atMs: next + 1 }))).pair).toMatchObject({ isNew: false, firstAtMs: START_MS });
    });

    it('knows nothing any more after two weeks', async () => {
      const tenant = freshTenant();
      await one(see(tenant));
      expect(await one(see(tenant, { atMs: START_MS + 2 * WEEK_MS, kind: 'look' }))).toMatchObject({
        newContacts: [0, 0, 0, 0, 0, 0],
        unansweredMessages: 0,
      });
    });

    it('counts people who complained once each', async () => {
      const tenant = freshTenant();
      await one(see(tenant));
      for (const recipient of ['1', '2', '1']) await one(see(tenant, { recipient, kind: 'report' }));
      await one(see(tenant, { recipient: '1', kind: 'block' }));
      const tomorrow = START_MS + 86_400_000;
      expect(await one(see(tenant, { kind: 'look', atMs: START_MS + 1 }))).toMatchObject({
        reporters: [2, 2],
        blockers: [1, 1],
      });
      expect(await one(see(tenant, { kind: 'look', atMs: tomorrow }))).toMatchObject({ reporters: [0, 2] });
    });

    it('keeps the highest standing until its end, over the turn of the week', async () => {
      const tenant = freshTenant();
      const { shard, current } = see(tenant);
      const who = { shard, week: current.week, sender: current.sender, atMs: START_MS };
      await one(see(tenant));
      const untilMs = START_MS + WEEK_MS + 1;
      await opened.store.settle([{ ...who, standing: { level: 3, untilMs, decision: 'd1' } }]);
      await opened.store.settle([{ ...who, standing: { level: 2, untilMs: untilMs * 2, decision: 'd2' } }]);
      const next = await one(see(tenant, { atMs: START_MS + WEEK_MS }));
      expect(next.standing).toEqual({ level: 3, untilMs, decision: 'd1' });
      expect((await one(see(tenant, { atMs: untilMs, kind: 'look' }))).standing).toBeUndefined();
    });

    it('ends a standing with a pardon that reaches it', async () => {
      const tenant = freshTenant();
      const { shard, current } = see(tenant);
      const who = { shard, week: current.week, sender: current.sender, atMs: START_MS };
      await one(see(tenant));
      const untilMs = START_MS + MINUTE_MS;
      await opened.store.settle([{ ...who, standing: { level: 3, untilMs, decision: 'd1' } }]);
      await opened.store.settle([{ ...who, pardon: { reach: 2, untilMs } }]);
      expect((await one(see(tenant, { kind: 'look' }))).standing?.level).toBe(3);
      await opened.store.settle([{ ...who, pardon: { reach: 4, untilMs } }]);
      expect(await one(see(tenant, { kind: 'look' }))).toMatchObject({
        standing: undefined,
        pardon: { reach: 4, untilMs },
      });
    });

    it('sums a tenant’s counters over two weeks', async () => {
      const tenant = freshTenant();
      const tally = (atMs: number, add: [string, number][]) =>
        opened.store.tally(NAMES.tenant(tenant, atMs), new Map(add));
      await tally(START_MS, [
        ['contacted', 3],
        ['country:DE', 1],
      ]);
      await Promise.all([tally(START_MS, [['contacted', 1]]), tally(START_MS, [['contacted', 1]])]);
      const sums = await tally(START_MS + WEEK_MS, [['contacted', 5]]);
      expect(Object.fromEntries(sums)).toEqual({ contacted: 10, 'country:DE': 1 });
      expect((await tally(START_MS + 3 * WEEK_MS, [])).size).toBe(0);
    });

    it('says of any conduct what the reference says', async () => {
      const check = fc.asyncProperty(
        fc.constant(null).chain(() => randomConduct(freshTenant())),
        async (conduct) => {
          const expected = await new MemoryGuardStore().observe(conduct);
          const half = Math.ceil(conduct.length / 2);
          const got = [
            ...(await opened.store.observe(conduct.slice(0, half))),
            ...(half < conduct.length ? await opened.store.observe(conduct.slice(half)) : []),
          ];
          expect(got).toEqual(expected);
        },
      );
      await fc.assert(check, { numRuns: 20, endOnFailure: true });
    });
  });
}
