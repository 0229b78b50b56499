import { parseRedisAddress, StartupProblem } from '@causeway/platform';
import { Cluster, Redis, type RedisOptions } from 'ioredis';

export interface RedisTuning {
  /** `null`: a command waits for a Redis that is away, however long. */
  readonly maxRetriesPerRequest: number | null;
  /** `false`: a command fails at once while there is no connection. */
  readonly enableOfflineQueue?: boolean;
  /** How long an answer to a command is waited for, milliseconds. */
  readonly commandTimeout?: number;
  /** A connection on which nothing was heard for so long is given up, milliseconds. */
  readonly socketTimeout?: number;
  /** How long the end of a connection is waited for, milliseconds. */
  readonly disconnectTimeout?: number;
  /** Whether a lost connection is opened again; so unless `false`. */
  readonly reconnects?: boolean;
}

const CONNECT_MS = 5_000;
/** A cluster that is without one of its nodes is asked anew this soon, and gives up on a command after as many redirections. */
const CLUSTER_RETRY_MS = 100;
const CLUSTER_REDIRECTIONS = 8;

/** A client of one server or of a cluster; it connects when it is first used. Names and passwords of the first node are those of all. */
export function redisClient(url: string, tuning: RedisTuning): Redis | Cluster {
  const address = parseRedisAddress(url);
  if (!address) throw new StartupProblem('The address of Redis is none.', 'Check CAUSEWAY_REDIS_URL.');
  const { reconnects = true, enableOfflineQueue = true, ...perNode } = tuning;
  const common = { enableOfflineQueue, enableAutoPipelining: true, lazyConnect: true } as const;
  const options = { connectTimeout: CONNECT_MS, ...perNode };
  if (address.kind === 'server')
    return new Redis(address.url, { ...common, ...options, ...(reconnects ? {} : { retryStrategy: () => null }) });
  const isTls = address.nodes[0].startsWith('rediss:');
  return new Cluster([...address.nodes], {
    ...common,
    retryDelayOnClusterDown: CLUSTER_RETRY_MS,
    retryDelayOnFailover: CLUSTER_RETRY_MS,
    maxRedirections: CLUSTER_REDIRECTIONS,
    redisOptions: { ...options, ...credentialsIn(address.nodes[0]), ...(isTls ? { tls: {} } : {}) },
    // a certificate names its host, not the address that the name stands for
    ...(isTls ? { dnsLookup: (host, found) => found(null, host) } : {}),
    ...(reconnects ? {} : { clusterRetryStrategy: () => null }),
  });
}

function credentialsIn(url: string): Pick<RedisOptions, 'username' | 'password'> {
  const { username, password } = new URL(url);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  };
}
