import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mintAccountId } from '@causeway/message-model';
import { KeepHolds, NotedRetentionLedger } from '@causeway/retention';
import { createLogger } from '@causeway/platform';
import { Events, Metrics } from '@causeway/platform/server';
import { InProcess, must, TENANT, type Person } from '../support/in-process.js';

let world: InProcess;
let keep: KeepHolds;
let said = '';
beforeAll(async () => {
  world = await InProcess.open();
  const log = createLogger({ level: 'info', process: 'test' }, { write: (line: string) => void (said += line) });
  const ledger = new NotedRetentionLedger(world.stores.purgeLedger, new Events(log, new Metrics()));
  keep = new KeepHolds(world.stores.holds, ledger, world.clock);
}, 60_000);
afterAll(async () => world.close());

const stores = () => world.stores.holds;

async function accepted({ caller }: Person, id: string): Promise<void> {
  const hour = Math.floor(world.clock.nowMs() / 3_600_000) + 200;
  await world.stores.partitions.ensure('m', hour);
  await world.stores.database.query(
    `INSERT INTO transit.message (purge_hour, id, tenant_id, account_id, device_id, message_id, conversation_id, lane_id, position,
       floor, on_unknown, leg, state, deliver_before, accepted_at, updated_at)
     VALUES ($1, $2, $3, $4, 1, '', 'c', 'l', 1, 'sealed', 'report', 'native', 'ready', $5, $5, $5)`,
    hour,
    id,
    TENANT,
    caller.account,
    world.clock.now(),
  );
}

it('copies what the account does from the hold on, shows it in the ledger first, and leaves nothing at its end', async () => {
  const [ada, bob] = [await world.person('ada'), await world.person('bob')];
  await accepted(ada, 'before');
  world.clock.advanceSeconds(60);
  const beganAt = world.clock.now();
  const endsAt = new Date(beganAt.getTime() + 3_600_000);
  const hold = { id: 'hold_1', tenant: TENANT, account: ada.caller.account, reference: 'order 7', beganAt, endsAt };
  expect(must(await stores().begin(hold)).announcedAt).toBeNull();
  world.clock.advanceSeconds(1);
  await accepted(ada, 'after');
  await accepted(bob, 'of somebody else');
  expect(await stores().copy(world.clock.now())).toBe(0); // not announced
  await keep.execute();
  expect(said).toContain('hold-begun');
  for (const secret of [ada.caller.account, 'order 7']) expect(said).not.toContain(secret);
  expect(await stores().held(TENANT, 'hold_1')).toMatchObject([{ id: 'after', state: 'ready' }]);
  await world.stores.database.query(`UPDATE transit.message SET state = 'delivered' WHERE id = 'after'`);
  await keep.execute();
  expect(await stores().held(TENANT, 'hold_1')).toMatchObject([{ id: 'after', state: 'delivered' }]);

  // what did not change since the last copy is not looked at again, what did is
  world.clock.advanceSeconds(1_800);
  expect(await stores().copy(world.clock.now())).toBe(0);
  await accepted(ada, 'later');
  expect(await stores().copy(world.clock.now())).toBe(1);
  world.clock.advanceSeconds(900);
  await world.stores.database.query(
    `UPDATE transit.message SET state = 'expired', updated_at = $1 WHERE id = 'later' RETURNING 1`,
    world.clock.now(),
  );
  await keep.execute();
  expect(await stores().held(TENANT, 'hold_1')).toMatchObject([{ id: 'after' }, { id: 'later', state: 'expired' }]);

  world.clock.advanceSeconds(900);
  await keep.execute();
  expect(await stores().held(TENANT, 'hold_1')).toEqual([]);
  expect(said).toContain('hold-ended');
  expect(await stores().all(TENANT)).toMatchObject([{ id: 'hold_1', endedAt: endsAt, messages: 0 }]);
  world.clock.advanceSeconds(36 * 24 * 3_600);
  await keep.execute();
  expect(await stores().all(TENANT)).toEqual([]);
});

it('is not begun for an account that is not there', async () => {
  const beganAt = world.clock.now();
  const hold = { id: 'hold_2', tenant: TENANT, account: mintAccountId(), reference: 'x', beganAt, endsAt: beganAt };
  expect(await stores().begin(hold)).toBeUndefined();
});

it('lets what a copy that was under way at the end left behind go with the next look', async () => {
  const hold = {
    id: 'hold_late',
    tenant: TENANT,
    account: (await world.person('cy')).caller.account,
    reference: 'order 8',
    beganAt: world.clock.now(),
    endsAt: new Date(world.clock.nowMs() + 3_600_000),
  };
  await stores().begin(hold);
  await keep.execute();
  expect(await stores().end(TENANT, hold.id, world.clock.now())).toBe(true);
  await world.stores.database.query(
    `INSERT INTO registry.held_message (hold_id, message_ref, metadata, copied_at) VALUES ($1, 'm', '{}', $2)`,
    hold.id,
    world.clock.now(),
  );
  expect(await stores().held(TENANT, hold.id)).toHaveLength(1);
  await keep.execute();
  expect(await stores().held(TENANT, hold.id)).toEqual([]);
});
