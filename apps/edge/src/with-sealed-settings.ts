import { KeyProviderAway, unsealSettings } from '@causeway/edge-keys';
import { StartupProblem, type Config } from '@causeway/platform';

/** The settings with sealed secrets opened, which only the edge does. A start without its key provider is refused: it is tried again by whoever supervises. */
export const withSealedSettings = (config: Config): Promise<Config> => unsealSettings(config).catch(refuseToStart);

/** For a `catch`: a key provider that is away is nothing to show a stack of. */
export function refuseToStart(thrown: unknown): never {
  if (!(thrown instanceof KeyProviderAway)) throw thrown;
  throw new StartupProblem(`${thrown.message}.`, 'Look at the hardware module or the key folder, then start again.', {
    cause: thrown,
  });
}
