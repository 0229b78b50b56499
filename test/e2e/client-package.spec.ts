import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Device } from '@causeway/client';
import { eventually, PASSPHRASE, World } from '../support/world.js';

const execute = promisify(execFile);
const CACHE = join('node_modules', '.cache');
const GATEWAY_OF_THE_README = 'http://127.0.0.1:7400';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await World.start();
  await mkdir(CACHE, { recursive: true });
  // Inside node_modules, where the pinned dependencies of the package are found without a registry.
  folder = await mkdtemp(join(process.cwd(), CACHE, 'client-package-'));
}, 90_000);
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

it('runs the first example of its README, word for word, from the packed package', async () => {
  const { stdout } = await execute(process.execPath, ['scripts/pack-client.mjs', folder]);
  await execute('tar', ['-xzf', stdout.trim(), '-C', folder]);
  const unpacked = join(folder, 'package');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(await readFile(join(unpacked, 'README.md'), 'utf8')) ?? [];
  expect(example.trim().split('\n').length).toBeLessThan(20);
  expect(example).toContain(GATEWAY_OF_THE_README);
  await writeFile(join(unpacked, 'example.mjs'), example.replace(GATEWAY_OF_THE_README, world.gatewayUrl));

  const bob = await Device.register({
    gateway: world.gatewayUrl,
    handle: 'bob',
    folder: world.deviceFolder('bob'),
    passphrase: PASSPHRASE,
  });
  const program = spawn(process.execPath, ['example.mjs'], { cwd: unpacked });
  let output = '';
  for (const stream of [program.stdout, program.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  try {
    const texts: (string | undefined)[] = [];
    bob.on('message', (message) => void texts.push(message.text));
    bob.on('request', (request) => bob.accept(request));
    await eventually(() => texts.includes('hello') || program.exitCode !== null, { withinMs: 60_000 });
    expect({ texts, output }).toEqual({
      texts: ['hello'],
      output: "{ kind: 'waiting-on-sender', reason: 'consent' }\n",
    });
    await bob.send('mimi://causeway.local/u/ada', 'hello ada');
    await eventually(() => output.includes('mimi://causeway.local/u/bob hello ada'), { withinMs: 60_000 });
  } finally {
    const isGone = once(program, 'exit');
    if (program.exitCode === null && program.kill('SIGKILL')) await isGone;
    await bob.close();
  }
}, 180_000);
