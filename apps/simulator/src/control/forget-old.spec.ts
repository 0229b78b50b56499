import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ManualClock } from '@causeway/platform';
import { createSimulator, type Simulator } from '../create-simulator.js';
import { eventually } from '../../../../test/support/world.js';

const PHONE = '+14155550123';
const clock = new ManualClock(Date.now());
let simulator: Simulator;
beforeAll(async () => {
  const options = { port: 0, accountSid: 'AC1', authToken: 'token', clock, keepSeconds: 3_600 };
  simulator = await createSimulator(options);
});
afterAll(async () => simulator.close());

const ask = async (path: string): Promise<string> => (await fetch(`${simulator.url}${path}`)).text();

it('forgets messages and calls when their time is over, and still counts them', async () => {
  await fetch(`${simulator.url}/handsets/${PHONE}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: '+14155550100', body: 'soon forgotten' }),
  });
  await fetch(`${simulator.url}/2010-04-01/Accounts/AC1/Messages.json`);
  expect(await ask(`/handsets/${PHONE}/messages`)).toContain('soon forgotten');
  expect(await ask('/log')).toContain('"call":"refused-auth"');
  clock.advanceSeconds(3_700);
  await eventually(async () => !(await ask(`/handsets/${PHONE}/messages`)).includes('soon forgotten'));
  expect(JSON.parse(await ask('/log'))).toMatchObject({ counts: { 'refused-auth': 1 }, entries: [] });
});
