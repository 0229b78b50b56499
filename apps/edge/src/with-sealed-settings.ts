import { KeyProviderAway, unsealSettings } from '@causeway/edge-keys';
import { StartupProblem, type Config } from '@causeway/platform';

/** The settings with sealed secrets opened, which only the edge does. A start without its key provider is refused: it is tried again by whoever supervises. */
export async function withSealedSettings(config: Config): Promise<Config> {
  try {
    return await unsealSettings(config);
  } catch (thrown) {
    if (!(thrown instanceof KeyProviderAway)) throw thrown;
    throw new StartupProblem(
      `${thrown.message}, and settings are sealed with it.`,
      'Look at the hardware module or the key folder, then start again.',
      { cause: thrown },
    );
  }
}
