import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseWitness } from '../support/database-witness.js';
import { freePorts } from '../support/free-ports.js';
import { LinkProxy } from '../support/link-proxy.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import type { Environment } from '../support/running-process.js';
import { World } from '../support/world.js';
import { CarrierTruth } from './carrier-truth.js';
import { DatabaseServer } from './database-server.js';
import { Supervisor } from './supervisor.js';

export type Queue = 'postgres' | 'redis';

const STORE_CLIENTS = ['gateway', 'worker', 'edge'] as const;

export interface FieldOptions {
  readonly queue: Queue;
  /** How long the carrier may show no trace of a call before that counts, seconds. */
  readonly absentAfterSeconds: number;
}

/** A whole Causeway with a proxy on every link, stores of its own that can be killed, a carrier that keeps its own log, and a supervisor. */
export class FaultField {
  private constructor(
    readonly queue: Queue,
    readonly world: World,
    readonly links: ReadonlyMap<string, LinkProxy>,
    readonly database: DatabaseServer,
    readonly redis: TestRedis | undefined,
    readonly truth: CarrierTruth,
    readonly witness: DatabaseWitness,
    readonly supervisor: Supervisor,
    private readonly folder: string,
  ) {}

  static async open({ queue, absentAfterSeconds }: FieldOptions): Promise<FaultField> {
    const folder = await mkdtemp(join(tmpdir(), 'cf-'));
    const opened: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
    try {
      const [databasePort = 0, ...ports] = await freePorts(4);
      const database = await DatabaseServer.start({ folder: join(folder, 'database'), port: databasePort });
      opened.unshift(() => database.stop());
      const redis = queue === 'redis' ? await startRedis() : undefined;
      if (redis) opened.unshift(() => redis.stop());
      const links = await openLinks(ports, { databasePort, redis, folder });
      opened.unshift(() => Promise.all([...links.values()].map((link) => link.close())));
      const [smsLog, rcsLog] = [join(folder, 'carrier.jsonl'), join(folder, 'rcs.jsonl')];
      const world = await World.start({
        queue,
        ...(redis ? { redis } : {}),
        ports,
        databaseUrl: database.url,
        devicesReach: through(`http://127.0.0.1`, links, 'device-gateway'),
        simulatorArgs: ['--log-file', smsLog, '--rcs-log-file', rcsLog],
        envOf: Object.fromEntries(
          STORE_CLIENTS.map((app) => [
            app,
            { ...storesOf(app, { links, database, redis }), ...socketsOf(app, folder) },
          ]),
        ),
        env: {
          CAUSEWAY_TWILIO_API_URL: through('http://127.0.0.1', links, 'edge-carrier'),
          CAUSEWAY_RCS_API_URL: `${through('http://127.0.0.1', links, 'edge-rcs')}/rcs`,
          CAUSEWAY_RCS_ACCESS_TOKEN: 'an-access-token-for-faults',
          CAUSEWAY_RCS_CLIENT_TOKEN: 'a-client-token-for-faults',
          CAUSEWAY_EDGE_PUBLIC_URL: through('http://127.0.0.1', links, 'carrier-edge'),
          CAUSEWAY_UNKNOWN_ABSENT_AFTER_SECONDS: `${absentAfterSeconds}`,
          // one person writes to many telephones all the time, as a clinic does
          CAUSEWAY_TENANT_PROFILE: 'registered-bulk',
          CAUSEWAY_CALL_BEFORE_SECONDS: '5',
          CAUSEWAY_INBOUND_SWEEP_SECONDS: '10',
          // no message steps aside: order has to hold for every one of them
          CAUSEWAY_CLEAR_HEAD_BLOCK_SECONDS: '3600',
        },
      });
      const { gateway, worker, edge } = world;
      const supervisor = new Supervisor({ gateway, worker, edge });
      const witness = new DatabaseWitness(database.url);
      const truth = new CarrierTruth(smsLog, rcsLog);
      supervisor.start();
      return new FaultField(queue, world, links, database, redis, truth, witness, supervisor, folder);
    } catch (thrown) {
      for (const close of opened) await close();
      throw thrown;
    }
  }

  link(name: string): LinkProxy {
    const link = this.links.get(name);
    if (!link) throw new Error(`there is no link ${name}`);
    return link;
  }

  async close(): Promise<void> {
    await Promise.all([...this.links.values()].map((link) => link.heal()));
    await this.supervisor.close();
    await this.world.close();
    await Promise.all([...this.links.values()].map((link) => link.close()));
    await this.redis?.stop();
    await this.database.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function openLinks(
  ports: readonly number[],
  stores: { readonly databasePort: number; readonly redis: TestRedis | undefined; readonly folder: string },
): Promise<ReadonlyMap<string, LinkProxy>> {
  const { databasePort, redis, folder } = stores;
  const [http = 0, edge = 0, simulator = 0] = ports;
  const targets: (readonly [string, number])[] = [
    ['device-gateway', http],
    ['carrier-edge', edge],
    ['edge-carrier', simulator],
    ['edge-rcs', simulator],
    ...STORE_CLIENTS.map((app) => [`${app}-database`, databasePort] as const),
    ...(redis ? STORE_CLIENTS.map((app) => [`${app}-redis`, Number(new URL(redis.url).port)] as const) : []),
  ];
  const overTcp = targets.map(async ([name, port]) => [name, await LinkProxy.open(port)] as const);
  const overSockets = PRIVATE_LINKS.map(
    async ([name, target]) =>
      [name, await LinkProxy.openSocket(socketIn(folder, name), socketIn(folder, target))] as const,
  );
  return new Map(await Promise.all([...overTcp, ...overSockets]));
}

/** What processes ask each other, and by which socket of ours the question goes. */
const PRIVATE_LINKS = [
  ['gateway-edge', 'edge'],
  ['worker-gateway', 'gateway'],
  ['edge-gateway', 'gateway'],
] as const;

const socketIn = (folder: string, name: string): string => join(folder, `${name}.sock`);

function socketsOf(app: (typeof STORE_CLIENTS)[number], folder: string): Environment {
  const toGateway = app === 'gateway' ? 'gateway' : `${app}-gateway`;
  return {
    CAUSEWAY_GATEWAY_RPC: socketIn(folder, toGateway),
    CAUSEWAY_GATEWAY_RPC_LISTEN: socketIn(folder, 'gateway'),
    CAUSEWAY_EDGE_RPC: socketIn(folder, app === 'gateway' ? 'gateway-edge' : 'edge'),
    CAUSEWAY_EDGE_RPC_LISTEN: socketIn(folder, 'edge'),
  };
}

function storesOf(
  app: (typeof STORE_CLIENTS)[number],
  stores: { links: ReadonlyMap<string, LinkProxy>; database: DatabaseServer; redis: TestRedis | undefined },
): Environment {
  const { links, database, redis } = stores;
  return {
    CAUSEWAY_DATABASE_URL: through(database.url, links, `${app}-database`),
    ...(redis ? { CAUSEWAY_REDIS_URL: through(redis.url, links, `${app}-redis`) } : {}),
  };
}

function through(address: string, links: ReadonlyMap<string, LinkProxy>, name: string): string {
  const url = new URL(address);
  url.port = String(links.get(name)?.port);
  return url.href.replace(/\/$/, '');
}
