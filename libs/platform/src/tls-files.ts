import { readFileSync } from 'node:fs';
import type { Config } from './config.js';
import { StartupProblem } from './startup-problem.js';

/** What one of our processes shows to another, and whom it believes. PEM. */
export interface TlsIdentity {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** `undefined` when no file is named: then only sockets can be used. Throws `StartupProblem` when one cannot be read. */
export function readTlsIdentity(config: Pick<Config, 'tlsCa' | 'tlsCert' | 'tlsKey'>): TlsIdentity | undefined {
  const { tlsCa, tlsCert, tlsKey } = config;
  if (tlsCa === '' && tlsCert === '' && tlsKey === '') return undefined;
  return {
    ca: read(tlsCa, 'CAUSEWAY_TLS_CA'),
    cert: read(tlsCert, 'CAUSEWAY_TLS_CERT'),
    key: read(tlsKey, 'CAUSEWAY_TLS_KEY'),
  };
}

function read(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartupProblem(`The file named by ${setting} cannot be read.`, 'Check its path and permissions.', {
      cause,
    });
  }
}
