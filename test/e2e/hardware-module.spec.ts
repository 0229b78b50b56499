import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayCommand } from '../support/causeway-command.js';
import { allEdgeKeys } from '../support/edge-key-trial.js';
import { say } from '../support/raw-device.js';
import { canRunSoftHsm, startSoftHsm, type SoftHsm } from '../support/softhsm.js';
import { eventually, World } from '../support/world.js';

const PHONE = '+14155550123';
const ANOTHER_PHONE = '+14155550129';
const TOKEN = 'credential-of-the-carrier';

const suite = canRunSoftHsm() ? describe : describe.skip;
suite('with the keys in a hardware module', () => {
  let hsm: SoftHsm;
  let folder: string;
  let env: Record<string, string>;
  let world: World;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cw-hsm-'));
    hsm = await startSoftHsm();
    const { settings } = hsm;
    env = {
      ...hsm.env,
      CAUSEWAY_EDGE_KEY_FOLDER: join(folder, 'keys'),
      CAUSEWAY_KEY_PROVIDER: 'pkcs11',
      CAUSEWAY_PKCS11_PACKAGE_FOLDER: settings.pkcs11PackageFolder,
      CAUSEWAY_PKCS11_MODULE: settings.pkcs11Module,
      CAUSEWAY_PKCS11_TOKEN: settings.pkcs11Token,
      CAUSEWAY_PKCS11_PIN_FILE: settings.pkcs11PinFile,
    };
    await typeSecret(env);
    world = await World.start({
      env: { ...env, CAUSEWAY_TWILIO_AUTH_TOKEN: 'sealed:twilio' },
      envOf: { simulator: { CAUSEWAY_TWILIO_AUTH_TOKEN: TOKEN } },
    });
  }, 300_000);
  afterAll(async () => {
    await world?.close();
    await hsm?.remove();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('texts go and come, with a carrier credential that is sealed too', async () => {
    const kim = await world.register('kim');
    await kim.send(`tel:${PHONE}`, 'by way of the module', { allowClear: ['sms'] });
    await eventually(async () => (await world.carrier.received(PHONE)).length === 1, { withinMs: 45_000 });
    for (const file of await readdir(join(folder, 'keys'), { recursive: true, withFileTypes: true }))
      if (file.isFile()) expect((await readFile(join(file.parentPath, file.name))).includes(TOKEN)).toBe(false);
    // whoever has the folder and not the module has nothing
    await expect(allEdgeKeys(join(folder, 'keys'))).rejects.toThrow('pkcs11');
    const { output } = await CausewayCommand.run(['doctor'], { ...env, CAUSEWAY_DATABASE_URL: world.databaseUrl });
    expect(output).toContain('The hardware module answers');
  }, 90_000);

  it('its keys move to files and back, and people who pinned the edge go on without a question', async () => {
    const pat = await world.register('pat');
    const move = (to: string) => CausewayCommand.run(['keys', 'move', to], env);
    const held = await move('file');
    expect([held.status, held.output]).toEqual([1, expect.stringContaining('Stop its edge first')]);
    await world.edge.stop();
    expect((await move('file')).output).toContain('CAUSEWAY_KEY_PROVIDER=file');
    await expect(world.edge.start()).rejects.toThrow();
    expect(world.edge.output).toContain('CAUSEWAY_KEY_PROVIDER=file');
    expect((await move('pkcs11')).status).toBe(0);
    const names = await readdir(join(folder, 'keys'));
    expect(names.filter((name) => name.startsWith('wrapping-'))).toEqual([]);
    await world.edge.start();
    await eventually(async () => (await say(`${world.gatewayUrl}/readyz`, 'GET')).document['status'] === 'ready');
    const before = (await world.carrier.received(PHONE)).length;
    await pat.send(`tel:${PHONE}`, 'after the move', { allowClear: ['sms'] });
    await eventually(async () => (await world.carrier.received(PHONE)).length === before + 1, { withinMs: 45_000 });
  }, 120_000);

  it('a module that is away is said by doctor and readyz, an edge does not start, and all goes on when it is back', async () => {
    await world.edge.stop();
    await hsm.takeAway();
    const { status, output } = await CausewayCommand.run(['doctor'], {
      ...env,
      CAUSEWAY_DATABASE_URL: world.databaseUrl,
    });
    expect([status, output]).toEqual([1, expect.stringContaining('key provider (pkcs11) does not answer')]);
    await expect(world.edge.start()).rejects.toThrow();
    expect(world.edge.output).toContain('key provider (pkcs11) does not answer');
    const ready = await say(`${world.gatewayUrl}/readyz`, 'GET');
    expect([ready.status, ready.document['status']]).toEqual([200, 'native-only']);
    await hsm.bringBack();
    await world.edge.start();
    await eventually(async () => (await say(`${world.gatewayUrl}/readyz`, 'GET')).document['status'] === 'ready');
    const lou = await world.register('lou');
    await lou.send(`tel:${ANOTHER_PHONE}`, 'again', { allowClear: ['sms'] });
    await eventually(async () => (await world.carrier.received(ANOTHER_PHONE)).length === 1, { withinMs: 45_000 });
  }, 120_000);
});

/** `causeway secrets set twilio`, as a script would: over standard input. */
async function typeSecret(env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, ['dist/apps/cli/src/main.js', 'secrets', 'set', 'twilio'], {
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin?.end(`${TOKEN}\n`);
  const status = await new Promise((resolve) => child.once('exit', resolve));
  expect(status).toBe(0);
}
