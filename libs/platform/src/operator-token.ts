import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.js';
import { refusePathOpenToOthers } from './only-for-owner.js';
import { Secret } from './secret.js';

/**
 * The token of the operator console: the configured one, else the one in `operator-token` in the data folder, which is made
 * on the first run with mode 0600. Production has it configured (`loadConfig` refuses otherwise).
 */
export async function operatorToken(config: Pick<Config, 'operatorToken' | 'dataFolder'>): Promise<Secret> {
  if (config.operatorToken) return config.operatorToken;
  const file = join(config.dataFolder, 'operator-token');
  refusePathOpenToOthers(file);
  const existing = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (existing !== '') return new Secret(existing);
  const made = randomBytes(32).toString('base64url');
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return new Secret(made);
}
