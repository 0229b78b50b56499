import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ADAPTER_CONTRACT_VERSION } from '@causeway/network-adapter';
import { CausewayCommand, endProcessesOf } from '../support/causeway-command.js';
import { freePorts } from '../support/free-ports.js';
import { reachableFolder } from '../support/reachable-folder.js';

let root: string;
let running: CausewayCommand | undefined;

beforeAll(async () => {
  root = await reachableFolder('cw-modules-');
});
afterEach(async () => {
  if (running?.isRunning) running.signal('SIGTERM');
  await running?.ended();
  running = undefined;
});
afterAll(async () => {
  await endProcessesOf(root);
  await rm(root, { recursive: true, force: true });
});

/** A module as an operator would name it, for a network that needs no settings beyond one. */
async function moduleOf(name: string, members: object): Promise<string> {
  const path = join(root, `${name}.mjs`);
  await writeFile(
    path,
    `export const openAdapter = ({ settings }) => {
      if (settings.key !== 'a key of its own') throw new Error('the settings did not come');
      return {
        network: 'rcs', confidentiality: 'clear', isSimulated: true, regions: ['us'],
        capabilities: async () => ({ features: {}, limits: {} }),
        receive: async () => ({ kind: 'rejected', reason: 'unknown-path' }),
        dispose: async () => undefined,
        ...${JSON.stringify(members)},
      };
    };`,
  );
  return path;
}

async function settingsWith(modules: string): Promise<Readonly<Record<string, string>>> {
  const [http, edge] = await freePorts(2);
  const settings = join(root, 'settings.json');
  await writeFile(settings, JSON.stringify({ rcs: { key: 'a key of its own' }, other: { key: 'a key of its own' } }));
  return {
    CAUSEWAY_DATA_FOLDER: join(root, `data-${http}`),
    CAUSEWAY_HTTP_PORT: `${http}`,
    CAUSEWAY_EDGE_HTTP_PORT: `${edge}`,
    CAUSEWAY_ADAPTER_MODULES: modules,
    CAUSEWAY_ADAPTER_SETTINGS: settings,
  };
}

async function refusal(modules: string): Promise<string> {
  const { status, output } = await CausewayCommand.run(['up'], await settingsWith(modules));
  expect(status).toBe(1);
  expect(output).not.toMatch(/\n\s+at .+:\d+/);
  return output;
}

describe('a start with an adapter from a module', () => {
  it('comes about when it was written for this contract, and its webhooks have a door', async () => {
    const path = await moduleOf('right', { contractVersion: ADAPTER_CONTRACT_VERSION });
    const env = await settingsWith(`rcs=${path}`);
    running = CausewayCommand.start(['up'], env);
    await running.says('Stop with Ctrl-C.');
    const door = `http://127.0.0.1:${env['CAUSEWAY_EDGE_HTTP_PORT']}/webhooks`;
    expect((await fetch(`${door}/rcs/anything`, { method: 'POST', body: '{}' })).status).toBe(404);
    // the one refused the path, the other is no network of this edge
    expect(running.output).not.toContain('was written for version');
  }, 90_000);

  it.each([ADAPTER_CONTRACT_VERSION - 1, ADAPTER_CONTRACT_VERSION + 1])(
    'is refused when it was written for version %i of the contract',
    async (contractVersion) => {
      const words = await refusal(`rcs=${await moduleOf(`version-${contractVersion}`, { contractVersion })}`);
      expect(words).toContain(
        `The adapter of rcs was written for version ${contractVersion} of the adapter contract; this is version ${ADAPTER_CONTRACT_VERSION}.`,
      );
      expect(words).toContain('docs/adding-a-network.md');
    },
    90_000,
  );

  it('is refused when the module brings another network than it is named for, or is not there', async () => {
    const path = await moduleOf('other', { contractVersion: ADAPTER_CONTRACT_VERSION });
    expect(await refusal(`other=${path}`)).toContain('The module for other brings the network rcs.');
    expect(await refusal(`rcs=${join(root, 'nowhere.mjs')}`)).toContain('could not be loaded');
  }, 90_000);
});
