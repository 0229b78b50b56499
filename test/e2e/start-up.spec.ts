import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Device } from '@causeway/client';
import { CausewayCommand, endProcessesOf, processesOf } from '../support/causeway-command.js';
import { freePorts } from '../support/free-ports.js';
import { reachableFolder } from '../support/reachable-folder.js';
import { eventually, PASSPHRASE } from '../support/world.js';

const UP = 'Stop with Ctrl-C.';
const ENDS_WITHIN_MS = 10_000;

let root: string;
/** For what does not need a folder of its own: making a database takes longer than starting it. */
let usual: Place;
const started: CausewayCommand[] = [];

beforeAll(async () => {
  root = await reachableFolder('cw-up-');
  usual = await place('usual');
});

afterEach(async () => {
  for (const command of started.splice(0)) {
    if (command.isRunning) command.signal('SIGKILL');
    await command.ended();
  }
  // one that failed leaves the folder to the next
  await endProcessesOf(root);
});

afterAll(async () => {
  await endProcessesOf(root);
  await rm(root, { recursive: true, force: true });
});

interface Place {
  readonly folder: string;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A data folder and ports that stay the same over restarts. */
async function place(name: string): Promise<Place> {
  const [http, edge, simulator] = await freePorts(3);
  const folder = join(root, name);
  const env = {
    CAUSEWAY_DATA_FOLDER: folder,
    CAUSEWAY_HTTP_PORT: `${http}`,
    CAUSEWAY_EDGE_HTTP_PORT: `${edge}`,
    CAUSEWAY_SIMULATOR_PORT: `${simulator}`,
  };
  return { folder, env, url: `http://127.0.0.1:${http}` };
}

function begin({ env }: Pick<Place, 'env'>, ...args: readonly string[]): CausewayCommand {
  const command = CausewayCommand.start(['up', ...args], env);
  started.push(command);
  return command;
}

async function isUp(place: Place, ...args: readonly string[]): Promise<CausewayCommand> {
  const command = begin(place, ...args);
  await command.says(UP);
  return command;
}

/** Ends it and checks what a person expects of an end: soon, and nothing left behind. */
async function endsCleanly(command: CausewayCommand, { folder }: Place, end: () => void): Promise<void> {
  // otherwise nothing left behind would mean nothing: the database server is among those that are looked for
  expect((await processesOf(folder)).some(({ command }) => command.includes('postgres'))).toBe(true);
  const beganMs = Date.now();
  end();
  expect(await command.ended()).toBe(0);
  expect(Date.now() - beganMs).toBeLessThan(ENDS_WITHIN_MS);
  expect(await processesOf(folder)).toEqual([]);
}

async function refusal(place: Pick<Place, 'env'>, ...args: readonly string[]): Promise<string> {
  const { status, output } = await CausewayCommand.run(['up', ...args], place.env);
  expect(status).toBe(1);
  expect(output).not.toMatch(/\n\s+at .+:\d+/);
  return output;
}

const holdPort = (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server));
  });

it('gives the gateway several native networks by one option', async () => {
  const hosts = await place('hosts');
  const command = await isUp(hosts, '--hosts', 'messenger.example,direct.example');
  const document: unknown = await (await fetch(`${hosts.url}/.well-known/causeway`)).json();
  expect(document).toMatchObject({
    nativeHost: 'messenger.example',
    nativeHosts: ['messenger.example', 'direct.example'],
  });
  await endsCleanly(command, hosts, () => command.signal('SIGTERM'));
}, 120_000);

describe('a start that cannot be', () => {
  it('says which port is in use and leaves nothing running', async () => {
    const settings = ['CAUSEWAY_HTTP_PORT', 'CAUSEWAY_EDGE_HTTP_PORT', 'CAUSEWAY_SIMULATOR_PORT'] as const;
    for (const setting of settings) {
      const holder = await holdPort(Number(usual.env[setting]));
      const words = await refusal(usual, ...(setting === 'CAUSEWAY_SIMULATOR_PORT' ? ['--simulate'] : []));
      expect(words).toContain(`Port ${usual.env[setting]} is in use.`);
      expect(words).toContain(setting);
      expect(await processesOf(usual.folder)).toEqual([]);
      await new Promise((resolve) => holder.close(resolve));
    }
  }, 120_000);

  it('says that a running Causeway has the data folder, and does not disturb it', async () => {
    const here = usual;
    const first = await isUp(here);
    const [http, edge] = await freePorts(2);
    const other = { env: { ...here.env, CAUSEWAY_HTTP_PORT: `${http}`, CAUSEWAY_EDGE_HTTP_PORT: `${edge}` } };
    expect(await refusal(other)).toContain(`Another Causeway (process ${first.pid}) uses`);
    expect((await fetch(`${here.url}/readyz`)).status).toBe(200);
    await endsCleanly(first, here, () => first.signal('SIGTERM'));
  }, 90_000);

  it('says that the data folder cannot be written', async () => {
    // a file where a folder has to be stops everyone; permissions do not stop root, a kernel's own folder does
    const forbidden = userInfo().uid === 0 ? '/sys/causeway' : join(root, 'locked', 'folder');
    await writeFile(join(root, 'a-file'), '');
    await mkdir(join(root, 'locked'));
    await chmod(join(root, 'locked'), 0o500);
    for (const folder of [join(root, 'a-file', 'folder'), forbidden]) {
      const words = await refusal({ env: { CAUSEWAY_DATA_FOLDER: folder } });
      expect(words).toContain(`The data folder ${folder} cannot be written`);
      expect(words).toContain('CAUSEWAY_DATA_FOLDER');
    }
  }, 60_000);

  it('says what is wrong with a file of faults, and starts with one that is right', async () => {
    const here = usual;
    const file = join(root, 'faults.json');
    expect(await refusal(here, '--faults', file)).toContain('Add --simulate');
    expect(await refusal(here, '--simulate', '--faults', file)).toContain(`${file} is no list of faults`);
    const lag = { network: 'sms', mode: 'lag', operation: 'create' };
    await writeFile(file, JSON.stringify([lag]));
    expect(await refusal(here, '--simulate', '--faults', file)).toContain('lag strikes only list');
    // the edge lists what was received as soon as it is up
    const right = [
      { ...lag, operation: 'list', count: 1_000 },
      { network: 'rcs', mode: 'wrong-signature' },
    ];
    await writeFile(file, JSON.stringify(right));
    const command = await isUp(here, '--simulate', '--faults', file);
    const faults = await fetch(`http://127.0.0.1:${here.env['CAUSEWAY_SIMULATOR_PORT']}/faults`);
    expect(await faults.json()).toMatchObject({ faults: [{ mode: 'lag' }, { mode: 'wrong-signature' }] });
    await endsCleanly(command, here, () => command.signal('SIGTERM'));
  }, 90_000);

  it.each([
    ['a name that is not a setting', { CAUSEWAY_HTTP_PROT: '7400' }, 'CAUSEWAY_HTTP_PROT is not a setting'],
    ['production without its token', { CAUSEWAY_ENVIRONMENT: 'production' }, 'CAUSEWAY_OPERATOR_TOKEN'],
    ['a port that is none', { CAUSEWAY_HTTP_PORT: '70000' }, 'CAUSEWAY_HTTP_PORT'],
  ])(
    'refuses %s before it touches anything',
    async (_what, env, why) => {
      const words = await refusal({ env: { CAUSEWAY_DATA_FOLDER: join(root, 'untouched'), ...env } });
      expect(words).toContain(why);
      await expect(chmod(join(root, 'untouched'), 0o700)).rejects.toMatchObject({ code: 'ENOENT' });
    },
    30_000,
  );

  it('refuses a pretend carrier in production', async () => {
    expect(await refusal({ env: { CAUSEWAY_ENVIRONMENT: 'production' } }, '--simulate')).toContain(
      'not for production',
    );
  });
});

describe('the end', () => {
  it('after a Ctrl-C, which reaches the whole group, is as clean as after SIGTERM: the next start finds everything free', async () => {
    const command = await isUp(usual, '--simulate');
    await endsCleanly(command, usual, () => command.signal('SIGINT', 'group'));
  }, 120_000);

  it('at any moment of the start is just as clean', async () => {
    const here = await place('moments');
    const moments = [
      ['SIGINT', 700],
      ['SIGTERM', 1_600],
      ['SIGINT', 2_800],
    ] as const;
    for (const [signal, momentMs] of moments) {
      const command = begin(here);
      await setTimeout(momentMs);
      const beganMs = Date.now();
      command.signal(signal, signal === 'SIGINT' ? 'group' : 'process');
      await command.ended();
      expect(Date.now() - beganMs).toBeLessThan(ENDS_WITHIN_MS);
      expect(command.output).not.toMatch(/\n\s+at .+:\d+/);
      expect(await processesOf(here.folder)).toEqual([]);
    }
    const command = await isUp(here);
    await endsCleanly(command, here, () => command.signal('SIGTERM'));
  }, 180_000);
});

describe('a restart', () => {
  it('delivers what was accepted before, also after kill -9 of everything, the database server included', async () => {
    const here = await place('restart');
    let command = await isUp(here);
    const options = (name: string) => ({ folder: join(root, 'devices', name), passphrase: PASSPHRASE });
    const ada = await Device.register({ ...options('ada'), gateway: here.url, handle: 'ada' });
    const bob = await Device.register({ ...options('bob'), gateway: here.url, handle: 'bob' });
    await bob.allow(ada.address);
    await ada.send(bob.address, 'before');
    await eventually(async () => (await bob.messages()).length === 1);
    await bob.close();

    const restarts: readonly [string, () => Promise<void>][] = [
      ['after an orderly end', async () => command.signal('SIGTERM')],
      ['after the death of the gateway alone', async () => command.signal('SIGKILL')],
      [
        'after the death of every process',
        async () => {
          await endProcessesOf(here.folder);
        },
      ],
    ];
    for (const [words, end] of restarts) {
      expect((await ada.send(bob.address, words)).state.kind).toBe('sent');
      await end();
      await command.ended();
      command = await isUp(here);
    }
    const back = await Device.open(options('bob'));
    const texts = async () => (await back.messages()).map(({ text }) => text);
    await eventually(async () => (await texts()).length === 4);
    expect(await texts()).toEqual(['before', ...restarts.map(([words]) => words)]);
    await Promise.all([ada.close(), back.close()]);
    await endsCleanly(command, here, () => command.signal('SIGTERM'));
  }, 120_000);

  it('needs no help after kill -9 of the gateway: the edge ends by itself, and the next start is at once', async () => {
    const here = usual;
    const command = await isUp(here, '--simulate');
    const edgesOf = async () =>
      (await processesOf(here.folder)).filter(({ command }) => command.includes('servers/edge'));
    const carriersOf = async () =>
      (await processesOf(here.folder)).filter(({ command }) => command.includes('servers/simulator'));
    expect([(await edgesOf()).length, (await carriersOf()).length]).toEqual([1, 1]);
    command.signal('SIGKILL');
    await eventually(async () => (await edgesOf()).length === 0 && (await carriersOf()).length === 0, {
      withinMs: ENDS_WITHIN_MS,
    });
    const again = await isUp(here, '--simulate');
    again.signal('SIGKILL');
    const atOnce = await isUp(here);
    await endsCleanly(atOnce, here, () => atOnce.signal('SIGTERM'));
  }, 120_000);
});
