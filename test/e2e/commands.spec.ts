import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CausewayCommand } from '../support/causeway-command.js';
import { eventually, PASSPHRASE, World } from '../support/world.js';

const PHONE = '+14155550123';

let world: World;
beforeAll(async () => {
  world = await World.start();
}, 90_000);
afterAll(async () => world.close(), 30_000);

/** Runs a client command as one person; what it said when it worked. */
async function as(person: string, ...args: readonly string[]): Promise<string> {
  const { status, output } = await CausewayCommand.run([...args, '--device', world.deviceFolder(person)], {
    CAUSEWAY_CLI_PASSPHRASE: PASSPHRASE,
  });
  if (status !== 0) throw new Error(output);
  return output;
}

const first = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
const register = async (name: string): Promise<string> =>
  first(await as(name, 'register', world.handle(name), '--gateway', world.gatewayUrl), /(mimi:\S+)/);

it('two people meet, write and compare their safety numbers with nothing but commands', async () => {
  const [ada, bob] = [await register('ada'), await register('bob')];
  expect(await as('ada', 'send', bob, 'hello from a terminal')).toContain('waiting for them to accept');
  const request = first(await as('bob', 'requests'), /causeway accept (\S+)/);
  expect(request).not.toBe('');
  await as('bob', 'accept', request);
  expect(await as('bob', 'requests')).toContain('Nobody waits');
  await as('ada', 'inbox');
  expect(await as('bob', 'inbox')).toContain('hello from a terminal');
  const message = first(await as('bob', 'send', ada, 'and back'), /(\S{20,})/);
  expect(await as('ada', 'inbox')).toContain('and back');
  const status = await as('bob', 'status', message);
  expect(status).toContain('delivered');
  expect(status).toContain('sender, recipient');
  const digits = /\d{5}(?: \d{5}){5}/g;
  const numbers = [await as('ada', 'safety-number', bob), await as('bob', 'safety-number', ada)].map((text) =>
    text.match(digits),
  );
  expect(numbers[0]).toHaveLength(2);
  expect(numbers[0]).toEqual(numbers[1]);
  const annoying = first(await as('ada', 'inbox', '--ids'), /and back”\s+(\S+)/);
  const reported = await as('ada', 'report', annoying, '--with-words', '--block');
  expect(reported).toMatch(/taken, with the words[\s\S]*signed by their device[\s\S]*blocked/);
  expect(await as('ada', 'report', annoying)).toContain('was reported before');
}, 90_000);

it('a text to a phone waits with its preview until it is approved', async () => {
  await register('kim');
  const early = await as('kim', 'send', `tel:${PHONE}`, 'too early');
  expect(early).toContain('waiting for a way');
  expect(await as('kim', 'explain', `tel:${PHONE}`)).toContain('this network is off for your account');
  await as('kim', 'cancel', first(early, /message +(\S+)/));
  expect(await as('kim', 'networks', 'on', 'sms')).toContain('sms');
  const asked = await as('kim', 'send', `tel:${PHONE}`, 'by command');
  expect(asked).toContain('SIMULATED');
  expect(await world.carrier.received(PHONE)).toEqual([]);
  const approved = await as('kim', 'approve', first(asked, /causeway approve (\S+)/));
  expect(approved).toMatch(/state +(sent|delivered)/);
  await as('kim', 'send', `tel:${PHONE}`, 'allowed at once', '--allow-sms');
  await eventually(async () => (await world.carrier.received(PHONE)).length === 2);
}, 60_000);

it('what a stranger writes cannot command the terminal', async () => {
  await register('lou');
  await as('lou', 'networks', 'on', 'sms');
  const sent = await as('lou', 'send', `tel:${PHONE}`, 'red \u001b[31malert\u0007', '--allow-sms');
  expect(sent).not.toContain('\u001b');
  expect(await as('lou', 'inbox')).not.toMatch(/[\u001b\u0007]/);
}, 60_000);

it.each([
  ['a command that is none', ['shout'], /no such command/i],
  ['too few words', ['send', 'tel:+14155550123'], /Usage: causeway send/],
  ['an option that is none', ['inbox', '--loud'], /Usage: causeway inbox/],
  ['a folder without a device', ['inbox', '--device', '/nowhere/at-all'], /holds no device/i],
  ['an address that is none', ['send', 'somebody', 'hi'], /mimi:\/\//],
  ['a gateway that is not there', ['register', 'zed', '--gateway', 'http://127.0.0.1:9'], /does not answer/],
])(
  'says in a sentence what is wrong with %s',
  async (_what, args, sentence) => {
    const [name = ''] = args;
    const folder = { send: world.deviceFolder('kim'), register: world.deviceFolder('zed') }[name];
    const words = folder === undefined ? args : [...args, '--device', folder];
    const { status, output } = await CausewayCommand.run(words, { CAUSEWAY_CLI_PASSPHRASE: PASSPHRASE });
    expect(status).toBe(1);
    expect(output).toMatch(sentence);
    expect(output).not.toMatch(/\n\s+at .+:\d+/);
  },
  60_000,
);
