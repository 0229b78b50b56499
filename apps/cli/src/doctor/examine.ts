import { loadConfig, StartupProblem, type Clock, type Config } from '@causeway/platform';
import type { Env } from '../command.js';
import { checkCarrier } from './check-carrier.js';
import { checkPublicUrl } from './check-public-url.js';
import { checkKeyProvider } from './check-key-provider.js';
import { checkDatabase, checkKeyFolder, checkQueue } from './check-stores.js';
import { ok, problem, type Finding } from './finding.js';

/** Everything that can be found out without starting anything. Settings that cannot be used end it at once. */
export async function examine(
  env: Env,
  { clock, mayFix }: { readonly clock: Clock; readonly mayFix: boolean },
): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = loadConfig(env);
  } catch (thrown) {
    if (!(thrown instanceof StartupProblem)) throw thrown;
    return [problem('settings', thrown.problem, thrown.whatToDo)];
  }
  const [stores, carrier] = await Promise.all([
    Promise.all([
      checkDatabase(config),
      checkQueue(config),
      checkKeyFolder(config),
      checkPublicUrl(config),
      checkKeyProvider(config),
    ]),
    checkCarrier({ config, clock, mayFix }),
  ]);
  return [ok('settings', 'Every setting is known and none contradicts another.'), ...stores, ...carrier];
}

/** Whether the gateway would work as it is. */
export const isReady = (findings: readonly Finding[]): boolean => findings.every(({ status }) => status !== 'problem');
