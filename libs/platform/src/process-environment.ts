import { loadConfig, type Config } from './config.js';

/** The settings of this process. The only place that reads its environment, with `childEnvironment`. */
export const configOfProcess = (): Config => loadConfig(process.env);

/** What a child process of ours starts with: our environment, and the settings that differ, by their `CAUSEWAY_` names. */
export const childEnvironment = (changes: Readonly<Record<`CAUSEWAY_${string}`, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...changes,
});
