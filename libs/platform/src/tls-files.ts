import { readFileSync } from 'node:fs';
import type { Config } from './config.js';
import { refusePathOpenToOthers } from './only-for-owner.js';
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
    key: readKey(tlsKey, 'CAUSEWAY_TLS_KEY'),
  };
}

/** What an edge shows to another that lends or borrows keys. Throws as `readTlsIdentity`, and when its authority is that of all processes. */
export function readKeeperTlsIdentity(
  config: Pick<Config, 'edgeKeeperTlsCa' | 'edgeKeeperTlsCert' | 'edgeKeeperTlsKey'>,
  everyone: TlsIdentity | undefined,
): TlsIdentity | undefined {
  const { edgeKeeperTlsCa, edgeKeeperTlsCert, edgeKeeperTlsKey } = config;
  if (edgeKeeperTlsCa === '' && edgeKeeperTlsCert === '' && edgeKeeperTlsKey === '') return undefined;
  const identity = {
    ca: read(edgeKeeperTlsCa, 'CAUSEWAY_EDGE_KEEPER_TLS_CA'),
    cert: read(edgeKeeperTlsCert, 'CAUSEWAY_EDGE_KEEPER_TLS_CERT'),
    key: readKey(edgeKeeperTlsKey, 'CAUSEWAY_EDGE_KEEPER_TLS_KEY'),
  };
  if (identity.ca.trim() !== everyone?.ca.trim()) return identity;
  throw new StartupProblem(
    'Edges would lend keys to every process of ours: CAUSEWAY_EDGE_KEEPER_TLS_CA and CAUSEWAY_TLS_CA hold the same authority.',
    'Make an authority that signs certificates of edges alone.',
  );
}

function readKey(file: string, setting: string): string {
  refusePathOpenToOthers(file);
  return read(file, setting);
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
