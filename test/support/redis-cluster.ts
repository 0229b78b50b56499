import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.js';
import { startRedis, type TestRedis } from './redis.js';

const execute = promisify(execFile);
const SLOTS = 16_384;

export interface ClusterNode extends TestRedis {
  readonly port: number;
  /** Where the nodes of the cluster talk to each other. */
  readonly busPort: number;
  /** Slots this node was given at the start, both ends included. */
  readonly slots: readonly [number, number];
}

/** A Redis Cluster of masters on this machine, without replicas. */
export interface TestRedisCluster {
  readonly nodes: readonly ClusterNode[];
  /** As in CAUSEWAY_REDIS_URL. */
  readonly url: string;
  /** Runs a command on one node and gives what `redis-cli` printed. */
  ask(node: ClusterNode, ...command: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startRedisCluster(
  size = 3,
  options: readonly string[] = ['--appendonly', 'yes'],
): Promise<TestRedisCluster> {
  // the usual one, 10000 above the other, may be no port at all
  const busPorts = await freePorts(size);
  const clustered = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', ...options];
  const servers = await Promise.all(
    busPorts.map(async (busPort) => ({
      ...(await startRedis([...clustered, '--cluster-port', `${busPort}`])),
      busPort,
    })),
  );
  const nodes = servers.map((server, index) => ({
    ...server,
    port: Number(new URL(server.url).port),
    slots: [Math.ceil((index * SLOTS) / size), Math.ceil(((index + 1) * SLOTS) / size) - 1] as const,
  }));
  const cluster = {
    nodes,
    url: servers.map(({ url }) => url).join(','),
    ask,
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
  await join(nodes).catch(async (problem: unknown) => {
    await cluster.stop();
    throw problem;
  });
  return cluster;
}

async function ask({ port }: ClusterNode, ...command: readonly string[]): Promise<string> {
  return (await execute('redis-cli', ['-p', `${port}`, ...command])).stdout.trim();
}

/** By hand what `redis-cli --cluster create` does: slots, introductions, and the wait until every node knows all of it. */
async function join(nodes: readonly ClusterNode[]): Promise<void> {
  const [first] = nodes;
  for (const node of nodes) {
    await ask(node, 'CLUSTER', 'ADDSLOTSRANGE', `${node.slots[0]}`, `${node.slots[1]}`);
    if (first && node !== first) await ask(node, 'CLUSTER', 'MEET', '127.0.0.1', `${first.port}`, `${first.busPort}`);
  }
  for (let tries = 0; tries < 300; tries += 1) {
    const infos = await Promise.all(nodes.map((node) => ask(node, 'CLUSTER', 'INFO')));
    if (
      infos.every((info) => info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`))
    )
      return;
    await pause(100);
  }
  throw new Error('the cluster did not come together');
}

/** Which node has the slot of this key now, as the first node knows it. */
export async function nodeOfKey({ nodes, ask }: TestRedisCluster, key: string): Promise<ClusterNode> {
  for (const node of nodes) {
    // a node that has not the slot answers with the place of the one that has
    if (!(await ask(node, 'TYPE', key)).startsWith('MOVED')) return node;
  }
  throw new Error('no node has the slot');
}

/** Gives the slot of a key, with everything in it, to another node: what an operator's resharding does. */
export async function moveSlot(cluster: TestRedisCluster, key: string, to: ClusterNode): Promise<void> {
  const { ask } = cluster;
  const from = await nodeOfKey(cluster, key);
  const slot = await ask(from, 'CLUSTER', 'KEYSLOT', key);
  const [fromId, toId] = [await ask(from, 'CLUSTER', 'MYID'), await ask(to, 'CLUSTER', 'MYID')];
  await ask(to, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
  await ask(from, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
  for (;;) {
    const keys = (await ask(from, 'CLUSTER', 'GETKEYSINSLOT', slot, '1000')).split('\n').filter((name) => name !== '');
    if (keys.length === 0) break;
    await ask(from, 'MIGRATE', '127.0.0.1', `${to.port}`, '', '0', '5000', 'KEYS', ...keys);
  }
  for (const node of [to, from]) await ask(node, 'CLUSTER', 'SETSLOT', slot, 'NODE', toId);
}
