import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Device } from '@causeway/client';
import { eventually, World } from '../support/world.js';

const [PHONE, OTHER] = ['+14155550171', '+14155550172'];
const HOUR_SECONDS = 3_600;

let world: World;
let ada: Device;
beforeAll(async () => {
  world = await World.start();
  ada = await world.register('ada');
}, 90_000);
afterAll(async () => world.close(), 30_000);

const textsAt = async (phone: string): Promise<readonly string[]> =>
  (await world.carrier.received(phone)).map(({ body }) => body);
const permit = async (forSeconds = HOUR_SECONDS) => {
  const shown = await ada.permissions.describe(`tel:${PHONE}`, { over: ['sms'], forSeconds });
  await ada.permissions.give(shown);
  return shown;
};
const DOWNGRADE = { kind: 'waiting-on-sender', reason: 'downgrade' };

it('what waited goes with the permission for its conversation, what is written after it is not asked about', async () => {
  const early = await ada.send(`tel:${PHONE}`, 'the first waits');
  expect(early.state).toEqual(DOWNGRADE);
  const shown = await permit();
  expect(shown.networks).toEqual([expect.objectContaining({ network: 'sms', isSimulated: true })]);
  expect(shown.networks[0]?.readableBy).toContain('the carriers');
  expect(await ada.permissions.list()).toEqual([shown]);
  await eventually(async () => (await textsAt(PHONE)).length === 1, { what: 'the first is on the phone' });
  await ada.send(`tel:${PHONE}`, 'the second goes at once');
  await ada.send(`tel:${PHONE}`, 'and the third');
  await eventually(async () => (await textsAt(PHONE)).length === 3, { what: 'all three are on the phone' });
  expect(await textsAt(PHONE)).toEqual(['the first waits', 'the second goes at once', 'and the third']);
}, 90_000);

it('is for its number alone', async () => {
  await permit();
  expect((await ada.send(`tel:${OTHER}`, 'nobody permitted this')).state).toEqual(DOWNGRADE);
  expect(await textsAt(OTHER)).toEqual([]);
}, 60_000);

it('is taken back up to the attempt: what was accepted and not tried yet waits again, and can be released by itself', async () => {
  await permit();
  await world.edge.stop();
  const sent = await ada.send(`tel:${PHONE}`, 'on second thoughts');
  expect(sent.state).toEqual({ kind: 'ready' });
  await ada.permissions.takeBack(`tel:${PHONE}`);
  expect(await ada.permissions.list()).toEqual([]);
  await world.edge.start();
  await eventually(async () => (await ada.status(sent)).state.kind === 'waiting-on-sender', {
    what: 'the edge gives it back',
    withinMs: 40_000,
  });
  expect((await ada.status(sent)).state).toEqual(DOWNGRADE);
  expect(await textsAt(PHONE)).not.toContain('on second thoughts');
  expect((await ada.waiting()).map(({ messageId }) => messageId)).toContain(sent.messageId);
  await ada.approve(sent);
  await eventually(async () => (await textsAt(PHONE)).includes('on second thoughts'), { what: 'released by itself' });
}, 120_000);

it('ends by itself', async () => {
  await permit(2);
  await eventually(async () => (await ada.permissions.list()).length === 0, { what: 'it ended' });
  expect((await ada.send(`tel:${PHONE}`, 'too late')).state).toEqual(DOWNGRADE);
  for (const { messageId } of await ada.waiting()) expect((await ada.cancel(messageId)).state.kind).toBe('cancelled');
  expect(await ada.waiting()).toEqual([]);
}, 60_000);
