import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contractProblem, type ClearAdapter, type OpenAdapter } from '@causeway/network-adapter';
import { StartupProblem, type Clock, type Config } from '@causeway/platform';

/** The clear networks of this edge, by name: those of the settings, then those that modules bring. Each was written for this contract. */
export async function loadAdapters(
  config: Config,
  ours: ReadonlyMap<string, ClearAdapter>,
  clock: Clock,
): Promise<ReadonlyMap<string, ClearAdapter>> {
  const adapters = new Map(ours);
  const settings = await readSettings(config.adapterSettings);
  for (const [network, path] of config.adapterModules) {
    const adapter = await (
      await openerIn(path)
    )({
      settings: Reflect.get(settings, network),
      publicWebhookUrl: config.edgePublicUrl,
      bridgeNumbers: config.bridgeNumbers,
      clock,
    });
    if (adapter.network !== network || adapters.has(network))
      throw new StartupProblem(
        `The module for ${network} brings the network ${adapter.network}${adapters.has(network) ? ', which is there already' : ''}.`,
        'Each network has one adapter, under its own name in CAUSEWAY_ADAPTER_MODULES.',
      );
    adapters.set(network, adapter);
  }
  refuseOtherContracts([...adapters.values()]);
  return adapters;
}

/** Throws `StartupProblem` when an adapter was written for another version of the contract: what it promises is not what the edge relies on. */
export function refuseOtherContracts(adapters: readonly ClearAdapter[]): void {
  for (const adapter of adapters) {
    const problem = contractProblem(adapter);
    if (problem !== undefined)
      throw new StartupProblem(problem, 'Bring it up to the contract: docs/adding-a-network.md.');
  }
}

async function openerIn(path: string): Promise<OpenAdapter> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (thrown) {
    const reason = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : 'it cannot be read';
    throw new StartupProblem(
      `The adapter module ${path} could not be loaded: ${reason}`,
      'Check CAUSEWAY_ADAPTER_MODULES; paths are from the folder the edge was started in, to compiled JavaScript.',
    );
  }
  const openAdapter: unknown = Reflect.get(Object(module), 'openAdapter');
  if (isOpener(openAdapter)) return openAdapter;
  throw new StartupProblem(
    `The adapter module ${path} exports no function openAdapter.`,
    'See docs/adding-a-network.md.',
  );
}

const isOpener = (value: unknown): value is OpenAdapter => typeof value === 'function';

async function readSettings(path: string): Promise<object> {
  if (path === '') return {};
  try {
    const settings: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof settings === 'object' && settings !== null) return settings;
  } catch {
    // said below, without what the file holds
  }
  throw new StartupProblem(
    'The settings file of adapter modules cannot be read as a JSON object.',
    'Check CAUSEWAY_ADAPTER_SETTINGS.',
  );
}
