import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { SETTINGS, environmentName, settingTable, type Settings } from './config-schema.js';
import type { RpcAddress } from './rpc-address.js';
import { StartupProblem } from './startup-problem.js';
import { unsafeSettings } from './unsafe-settings.js';

/** The settings of a process, parsed once, frozen, injected. Paths are absolute and empty places are filled in. */
export type Config = Readonly<Omit<Settings, 'gatewayRpcListen' | 'edgeRpcListen'>> & {
  readonly gatewayRpcListen: RpcAddress;
  readonly edgeRpcListen: RpcAddress;
};

/** Names that start like ours and belong to the command line client or the tests, not to a process. */
const NOT_SETTINGS = /^CAUSEWAY_(CLI|TEST|REQUIRE)_/;

/**
 * Reads `CAUSEWAY_*` out of an environment; an empty value counts as not set. Throws `StartupProblem` naming every wrong,
 * unknown or unsafe setting and why, never a value.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const table = settingTable();
  const given = Object.fromEntries(
    table.map(({ setting, env: name }) => [setting, env[name] === '' ? undefined : env[name]]),
  );
  const parsed = SETTINGS.safeParse(given);
  if (!parsed.success) throw refused(parsed.error.issues.map(issueSentence));
  const known = new Set(table.map((row) => row.env));
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('CAUSEWAY_') && !known.has(name) && !NOT_SETTINGS.test(name),
  );
  const faults = [...unknown.map((name) => `${name} is not a setting`), ...unsafeSettings(parsed.data)];
  if (faults.length > 0) throw refused(faults);
  return Object.freeze(fillIn(parsed.data));
}

const issueSentence = (issue: z.core.$ZodIssue): string =>
  `${environmentName(String(issue.path[0]))}: ${issue.message}`;

const refused = (faults: readonly string[]): StartupProblem =>
  new StartupProblem(`The settings cannot be used: ${faults.join('; ')}.`, 'See docs/configuration.md.');

function fillIn(settings: Settings): Config {
  const dataFolder = resolve(settings.dataFolder);
  const privateSockets = settings.privateSockets === '' ? join(dataFolder, 'run') : resolve(settings.privateSockets);
  const gateway: RpcAddress = { kind: 'socket', path: join(privateSockets, 'gateway.sock') };
  const edge: RpcAddress = { kind: 'socket', path: join(privateSockets, 'edge.sock') };
  return {
    ...settings,
    dataFolder,
    privateSockets,
    edgeKeyFolder: settings.edgeKeyFolder === '' ? join(dataFolder, 'edge-keys') : resolve(settings.edgeKeyFolder),
    publicUrl: settings.publicUrl || `http://${settings.httpHost}:${settings.httpPort}`,
    edgePublicUrl: settings.edgePublicUrl || `http://${settings.edgeHttpHost}:${settings.edgeHttpPort}`,
    gatewayRpc: settings.gatewayRpc.length > 0 ? settings.gatewayRpc : [gateway],
    edgeRpc: settings.edgeRpc.length > 0 ? settings.edgeRpc : [edge],
    gatewayRpcListen: settings.gatewayRpcListen[0] ?? settings.gatewayRpc[0] ?? gateway,
    edgeRpcListen: settings.edgeRpcListen[0] ?? settings.edgeRpc[0] ?? edge,
  };
}
