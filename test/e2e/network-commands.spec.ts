import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CausewayCommand } from '../support/causeway-command.js';
import { must } from '../support/in-process.js';
import { RcsWorld } from '../support/rcs-world.js';
import { eventually, PASSPHRASE } from '../support/world.js';

const PHONE = '+14155550151';

let rcs: RcsWorld;
beforeAll(async () => {
  rcs = await RcsWorld.start();
  await kim('register', rcs.world.handle('kim'), '--gateway', rcs.world.gatewayUrl);
  await kim('networks', 'on', 'rcs,sms');
}, 90_000);
afterAll(async () => rcs?.world.close(), 30_000);

async function kim(...args: readonly string[]): Promise<string> {
  const { status, output } = await CausewayCommand.run([...args, '--device', rcs.world.deviceFolder('kim')], {
    CAUSEWAY_CLI_PASSPHRASE: PASSPHRASE,
  });
  if (status !== 0) throw new Error(output);
  return output;
}

it('a card goes out, what was tapped comes back, and reading it is told once that is allowed', async () => {
  const asked = await kim('send-card', `tel:${PHONE}`, 'Dinner', '--description', 'At eight?', '--reply', 'Yes,No');
  expect(asked).toMatch(/would arrive as +a card: “Dinner - At eight\?”/);
  expect(asked).toContain('The card arrives as words.');
  expect(await rcs.received(PHONE)).toEqual([]);
  await kim('approve', must(/causeway approve (\S+)/.exec(asked)?.[1]));
  await eventually(async () => (await rcs.received(PHONE)).length === 1);
  const card = must(must((await rcs.received(PHONE))[0]).content.richCard?.standaloneCard).cardContent;
  await rcs.tap(PHONE, must(must(card.suggestions?.[0]).reply));
  await eventually(async () => (await kim('inbox')).includes('“Yes”'), { withinMs: 30_000 });
  const answer = must(/id (\S+)\s+“Yes”/.exec(await kim('inbox'))?.[1]);

  await kim('read', answer);
  expect(await kim('typing', `tel:${PHONE}`)).toContain('not told');
  expect((await rcs.counts())['call-event'] ?? 0).toBe(0);
  expect(await kim('privacy', '--with', `tel:${PHONE}`, '--typing', 'on', '--read-reports', 'on')).toMatch(
    /typing +on/,
  );
  await kim('read', answer);
  expect(await kim('typing', `tel:${PHONE}`)).toMatch(/typing +told/);
  expect((await rcs.counts())['call-event']).toBe(2);
  expect(await kim('privacy')).toMatch(/read reports +sealed/);
  await expect(kim('privacy', '--typing', 'loud')).rejects.toThrow('It is one of off, sealed, everywhere.');
}, 120_000);

it('a number is forgotten, or let go of its encryption, by one command', async () => {
  expect(await kim('contact', `tel:${PHONE}`, '--allow-unencrypted')).toContain('may go on in the clear');
  expect(await kim('contact', `tel:${PHONE}`, '--forget')).toContain('forgotten');
  await expect(kim('contact', `tel:${PHONE}`, '--forget')).rejects.toThrow(/knows no such contact/);
  await expect(kim('contact', `tel:${PHONE}`)).rejects.toThrow('Either --forget or --allow-unencrypted.');
  expect(await kim('send', `tel:${PHONE}`, 'again', '--allow', 'rcs')).toMatch(/state +(sent|delivered)/);
}, 90_000);
