import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forgetPast } from '../../apps/worker/src/forget-past.js';
import { InProcess, TENANT } from '../support/in-process.js';

const DAY_MS = 86_400_000;

let world: InProcess;
beforeAll(async () => {
  world = await InProcess.open();
}, 60_000);
afterAll(async () => world.close());

const inDays = (days: number) => new Date(world.clock.nowMs() + days * DAY_MS);
const rows = async (table: string) => (await world.stores.database.query(`SELECT FROM ${table}`)).length;

describe('rows that carry the day on which they end', () => {
  it('are these, and each of them is carried out', async () => {
    const found = await world.stores.database.query<{ name: string }>(
      `SELECT c.relnamespace::regnamespace || '.' || c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relnamespace IN ('registry'::regnamespace, 'transit'::regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND a.attname = 'expires_at' ORDER BY 1`,
    );
    expect(found.map(({ name }) => name)).toEqual([
      'registry.alias',
      'registry.invite',
      'registry.link',
      'registry.revoked_statement',
      'transit.inbox',
      'transit.inbox_item',
      'transit.link_challenge',
    ]);
  });

  it('leave when it is past: invites, used or not, and permissions taken back of who never takes back another', async () => {
    const { stores, clock } = world;
    const { tenant, account } = (await world.person('ada')).caller;
    for (const days of [1, 3])
      await stores.tenants.addInvite({ tokenDigest: Buffer.from([days]), tenant: TENANT, expiresAt: inDays(days) });
    await stores.tenants.useInvite({ tokenDigest: Buffer.from([1]), tenant: TENANT, now: clock.now() });
    for (const days of [1, 3])
      await stores.revokedStatements.add({
        tenant,
        account,
        statement: `s${days}`,
        now: clock.now(),
        expiresAt: inDays(days),
      });
    await forgetPast(world);
    expect([await rows('registry.invite'), await rows('registry.revoked_statement')]).toEqual([2, 2]);
    clock.advanceMs(2 * DAY_MS);
    await forgetPast(world);
    expect([await rows('registry.invite'), await rows('registry.revoked_statement')]).toEqual([1, 1]);
  });
});
