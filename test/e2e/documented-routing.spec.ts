import { readFile, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { preferencesSchema } from '@causeway/api-contract';
import { RawDevice } from '../support/raw-device.js';
import { World } from '../support/world.js';

const DOCUMENT = 'docs/consent-and-routing.md';
let world: World;
beforeAll(async () => {
  world = await World.start();
}, 90_000);
afterAll(async () => world.close(), 30_000);

const block = (text: string, language: string): string =>
  new RegExp('```' + language + '\\n([\\s\\S]*?)```').exec(text)?.[1] ?? '';

it('the program of the document runs as it stands there and prints what it says', async () => {
  const text = await readFile(DOCUMENT, 'utf8');
  const program = block(text, 'ts')
    .replace('http://127.0.0.1:7400', world.gatewayUrl)
    .replaceAll("'./", `'${world.folder}/`);
  // beside the sources, so that names of libs are found as they are in a clone
  const file = join(world.folder, 'program.ts');
  await writeFile(file, program);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', './scripts/typescript/register.mjs', file],
    { timeout: 60_000 },
  );
  expect(stdout).toBe(block(text, 'text'));
}, 90_000);

it('the call of the document is one', async () => {
  const raw = await RawDevice.register(world.gatewayUrl, world.handle('rest'));
  const body: unknown = JSON.parse(/-d '(.+)'/.exec(await readFile(DOCUMENT, 'utf8'))?.[1] ?? '');
  const answer = await raw.call('PUT', '/v1/preferences', { body });
  expect(answer.status).toBe(200);
  expect(preferencesSchema.parse(answer.document)).toMatchObject({ networksOn: ['sms'], notOver: ['rcs'] });
}, 30_000);
