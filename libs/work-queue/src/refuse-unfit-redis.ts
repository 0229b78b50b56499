import { setTimeout } from 'node:timers/promises';
import { StartupProblem } from '@causeway/platform';
import type { Cluster, Redis } from 'ioredis';
import { redisClient } from './redis-client.js';

/** All nodes together. */
const LOOK_MS = 8_000;
const REGION_KEY = 'causeway:region';

/**
 * Losing the queue loses no message, but delays every one of them; with Debian's defaults a crash loses all of it. Each node of a
 * cluster is looked at: a queue lives on one of them, and after a failover on another. Throws `StartupProblem`.
 */
export async function refuseUnfitRedis(url: string, region?: string): Promise<void> {
  const client = redisClient(url, { maxRetriesPerRequest: 0, reconnects: false });
  // without a listener ioredis prints the error; the rejection below carries it
  client.on('error', () => undefined);
  try {
    await within(LOOK_MS, look(client, region));
  } catch (cause) {
    if (cause instanceof StartupProblem) throw cause;
    throw new StartupProblem('Redis does not answer.', 'Check CAUSEWAY_REDIS_URL.', { cause });
  } finally {
    client.disconnect();
  }
}

async function look(client: Redis | Cluster, region: string | undefined): Promise<void> {
  await client.connect();
  if ('nodes' in client) refuseIncomplete(await client.cluster('INFO'));
  for (const { name, info } of await nodesOf(client)) refuseForgetful(name, info);
  if (region !== undefined) await keepRegion(client, region);
}

/** Whoever comes first says of which region this Redis is; nobody of another one uses it. */
async function keepRegion(client: Redis | Cluster, region: string): Promise<void> {
  await client.set(REGION_KEY, region, 'NX');
  const kept = await client.get(REGION_KEY);
  if (kept === region) return;
  throw new StartupProblem(
    `This Redis is of region ${kept}, and this process of region ${region}.`,
    'Each region has a Redis of its own: look at CAUSEWAY_REDIS_URL.',
  );
}

/** A node of a cluster that has gone lets its client wait for good. */
async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  const isOver = new AbortController();
  try {
    return await Promise.race([
      work,
      setTimeout(limitMs, undefined, { signal: isOver.signal }).then(() => Promise.reject(new Error('no answer'))),
    ]);
  } finally {
    isOver.abort();
  }
}

interface NodeInfo {
  /** For a sentence: which of several. */
  readonly name: string;
  readonly info: string;
}

async function nodesOf(client: Redis | Cluster): Promise<readonly NodeInfo[]> {
  if (!('nodes' in client)) {
    const info = await client.info();
    if (/^cluster_enabled:1/m.test(info))
      throw new StartupProblem(
        'This Redis is a node of a cluster.',
        'Name it with redis-cluster:// in CAUSEWAY_REDIS_URL.',
      );
    return [{ name: 'Redis', info }];
  }
  return Promise.all(
    client.nodes('all').map(async (node) => ({
      name: `Redis at ${node.options.host}:${node.options.port}`,
      info: await node.info(),
    })),
  );
}

function refuseForgetful(name: string, info: string): void {
  if (/^aof_enabled:0/m.test(info)) {
    throw new StartupProblem(
      `${name} keeps no append-only file, so a crash loses the whole queue.`,
      'Set `appendonly yes` in its configuration.',
    );
  }
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new StartupProblem(
      `${name} may evict jobs (maxmemory-policy ${policy}).`,
      'Set `maxmemory-policy noeviction` in its configuration.',
    );
  }
}

/** While slots have no node, whether a queue can be reached is a matter of where its name falls. */
function refuseIncomplete(info: unknown): void {
  if (/^cluster_state:ok/m.test(String(info))) return;
  throw new StartupProblem(
    'The cluster of Redis is not complete.',
    'See `redis-cli cluster info` on one of its nodes.',
  );
}
