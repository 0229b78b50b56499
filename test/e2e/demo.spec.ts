import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, rm } from 'node:fs/promises';
import { CausewayCommand, endProcessesOf, processesOf } from '../support/causeway-command.js';
import { PASSPHRASE } from '../support/world.js';
import { reachableFolder } from '../support/reachable-folder.js';

const JOURNEYS = [
  'First contact: a request, then a grant',
  'Safety numbers',
  'Native to native: two devices each',
  'Native to SMS',
  'SMS to native',
  'A request that had to be repeated sends once',
  'RCS, and SMS where RCS cannot reach',
  'A telephone number that arrives end-to-end encrypted',
  'The recipient switches their preferred app, and the next message follows',
  'A marketplace: a conversation by alias between SMS and native',
  'A permission for a time, and STOP across networks',
];

let root: string;
const started: CausewayCommand[] = [];
const start = (...given: Parameters<typeof CausewayCommand.start>): CausewayCommand => {
  const command = CausewayCommand.start(...given);
  started.push(command);
  return command;
};
beforeAll(async () => {
  root = await reachableFolder('cw-demo-');
});
afterAll(async () => {
  for (const command of started) if (command.isRunning) command.signal('SIGKILL');
  await endProcessesOf(root);
  await rm(root, { recursive: true, force: true });
});

describe('causeway demo', () => {
  it('shows every journey once, for a person, and leaves nothing behind', async () => {
    const { status, output } = await CausewayCommand.run(['demo', '--once'], { TMPDIR: root });
    expect(output).toContain(`All ${JOURNEYS.length} steps worked`);
    expect(status).toBe(0);
    JOURNEYS.forEach((title, index) => expect(output).toContain(`${index + 1}. ${title}`));
    expect(output.match(/✓/g)).toHaveLength(JOURNEYS.length);
    expect(output).toContain('SIMULATED');
    // no colours outside a terminal, no JSON, no line that a terminal would break
    expect(output).not.toMatch(/\u001b|^\s*\{/mu);
    expect(output.split('\n').filter((line) => line.length > 110)).toEqual([]);
    expect(await readdir(root)).toEqual([]);
    expect(await processesOf(root)).toEqual([]);
  }, 120_000);

  it('says which step failed and why, and ends with 1', async () => {
    const command = start(['demo', '--once'], { TMPDIR: root });
    await command.says(`3. ${JOURNEYS[2]}`);
    for (const { pid, command: line } of await processesOf(root))
      if (line.includes('servers/simulator')) process.kill(pid, 'SIGKILL');
    expect(await command.ended()).toBe(1);
    expect(command.output).toContain('✗ Step 4 failed.');
    expect(command.output).toContain('The demo did not work.');
    expect(await readdir(root)).toEqual([]);
    expect(await processesOf(root)).toEqual([]);
  }, 120_000);

  it('stays up, and what it says one can do works', async () => {
    const command = start(['demo'], {}, root);
    await command.says('Stop with Ctrl-C.', 90_000);
    for (const [address] of command.output.matchAll(/http:\S+\/(docs|metrics|messages|handsets)$/gm))
      expect([address, (await fetch(address)).status]).toEqual([address, 200]);
    const suggested = [...command.output.matchAll(/npm run causeway -- (register|networks on|send) (.+)/g)];
    expect(suggested).toHaveLength(3);
    for (const [, name = '', rest = ''] of suggested) {
      const words = [...rest.matchAll(/"([^"]+)"|(\S+)/g)].map(([word, quoted]) => quoted ?? word);
      const child = start([...name.split(' '), ...words], { CAUSEWAY_CLI_PASSPHRASE: PASSPHRASE }, root);
      if ((await child.ended()) !== 0) throw new Error(child.output);
      if (name === 'send') expect(child.output).toMatch(/state +(sent|delivered)/);
    }
    command.signal('SIGINT', 'group');
    if ((await command.ended()) !== 0) throw new Error(command.output);
    expect(await processesOf(root)).toEqual([]);
  }, 150_000);
});
