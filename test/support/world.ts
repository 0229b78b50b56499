import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Device } from '@causeway/client';
import { migrate } from '@causeway/storage';
import { Carrier } from './carrier.js';
import { freshDatabase } from './database.js';
import { EdgeBalancer } from './edge-balancer.js';
import { freePorts } from './free-ports.js';
import { startRedis, type TestRedis } from './redis.js';
import { RunningProcess, serverFile, type Environment } from './running-process.js';
import { wipePostgresQueue, wipeRedis } from './wipe-queue.js';

export const BRIDGE_NUMBERS = ['+14155550100', '+14155550101'] as const;
const ACCOUNT_SID = 'AC00000000000000000000000000000001';
const AUTH_TOKEN = 'simulated-token-for-tests';

export interface WorldOptions {
  /** Settings on top of the world's own. */
  readonly env?: Environment;
  /** What BullMQ runs on. `CAUSEWAY_TEST_QUEUE=redis` makes a whole run use Redis. */
  readonly queue?: 'postgres' | 'redis';
  /** A database of the caller's own, for tests that look at its files; else a fresh one on the shared server. */
  readonly databaseUrl?: string;
  /** How many edges share the key folder; carriers reach several through one address that spreads their requests. */
  readonly edges?: number;
  /** Settings of one of several edges, by its place. */
  readonly edgeEnv?: (index: number, folder: string) => Environment;
  /** A Redis of the caller's own, who also ends it; else one of the world's when the queue is on Redis. */
  readonly redis?: TestRedis;
  /** Ports of gateway, edge and simulator, for a caller that puts something in front of them; else free ones. */
  readonly ports?: readonly number[];
  /** Settings of one process on top of those of all. */
  readonly envOf?: Readonly<Partial<Record<WorldApp, Environment>>>;
  /** Where devices reach the gateway, when that is not its own address. */
  readonly devicesReach?: string;
  readonly simulatorArgs?: readonly string[];
  /** The clock of its processes can be moved. */
  readonly hasClock?: boolean;
}

const clockFileIn = (folder: string): string => join(folder, 'clock');

export type WorldApp = 'gateway' | 'worker' | 'edge' | 'simulator';

/**
 * A whole Causeway as an operator would run it, in processes of its own: gateway, worker, edge and the pretend carrier, each of which can be
 * killed and started again. Devices are real SDK devices with folders of their own. Everything is gone after `close`.
 */
export class World {
  readonly databaseUrl: string;
  readonly gatewayUrl: string;
  readonly edgeUrl: string;
  readonly folder: string;
  readonly carrier: Carrier;
  readonly gateway: RunningProcess;
  readonly worker: RunningProcess;
  /** The first of the edges. */
  readonly edge: RunningProcess;
  readonly edges: readonly RunningProcess[];
  readonly simulator: RunningProcess;
  /** Before the edges, when there are several. */
  balancer: EdgeBalancer | undefined;
  private redis: TestRedis | undefined;
  private ownsRedis = true;
  private readonly env: Environment;
  private readonly others: RunningProcess[] = [];
  private readonly devices: Device[] = [];
  private readonly tag = randomBytes(4).toString('hex');

  private constructor(
    input: {
      folder: string;
      databaseUrl: string;
      ports: readonly number[];
      /** What differs from one edge to the next. */
      edgeEnvs: readonly Environment[];
    } & WorldOptions,
  ) {
    const [http, edge, simulator] = input.ports;
    this.folder = input.folder;
    this.databaseUrl = input.databaseUrl;
    this.gatewayUrl = input.devicesReach ?? `http://127.0.0.1:${http}`;
    this.edgeUrl = `http://127.0.0.1:${edge}`;
    this.carrier = new Carrier(`http://127.0.0.1:${simulator}`);
    const env: Environment = {
      CAUSEWAY_DATABASE_URL: input.databaseUrl,
      CAUSEWAY_DATA_FOLDER: join(input.folder, 'data'),
      CAUSEWAY_HTTP_PORT: `${http}`,
      CAUSEWAY_EDGE_HTTP_PORT: `${edge}`,
      CAUSEWAY_SIMULATOR_PORT: `${simulator}`,
      CAUSEWAY_SMS_PROVIDER: 'twilio',
      CAUSEWAY_TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      CAUSEWAY_TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      CAUSEWAY_TWILIO_API_URL: `http://127.0.0.1:${simulator}`,
      CAUSEWAY_BRIDGE_NUMBERS: BRIDGE_NUMBERS.join(','),
      // loads are measured and faults made with more messages than an ordinary day has
      CAUSEWAY_SPENDING_LIMITS: 'unproven=1000000,country=1000000,all=10000000',
      ...(input.hasClock && { CAUSEWAY_CLOCK_FILE: clockFileIn(input.folder) }),
      ...input.env,
    };
    this.env = env;
    const main = (app: WorldApp, own: Environment = {}, args: readonly string[] = []): RunningProcess =>
      new RunningProcess(serverFile(app), args, { ...env, ...input.envOf?.[app], ...own });
    [this.gateway, this.worker] = [main('gateway'), main('worker')];
    this.simulator = main('simulator', {}, input.simulatorArgs);
    this.edge = main('edge', input.edgeEnvs[0]);
    this.edges = [this.edge, ...input.edgeEnvs.slice(1).map((own) => main('edge', own))];
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    // short, since paths of Unix sockets are; world-readable, since a database server of another user may live in it
    const folder = await mkdtemp(join(tmpdir(), 'cw-'));
    const databaseUrl = options.databaseUrl ?? (await freshDatabase()).url;
    if (options.databaseUrl !== undefined)
      await migrate({ url: databaseUrl, folder: join(process.cwd(), 'prisma', 'migrations') });
    const queue = options.queue ?? askedQueue();
    const redis = options.redis ?? (queue === 'redis' ? await startRedis() : undefined);
    const onRedis = redis ? { CAUSEWAY_QUEUE_BACKEND: 'redis', CAUSEWAY_REDIS_URL: redis.url } : {};
    const { edges = 1 } = options;
    const ports = options.ports ?? (await freePorts(edges > 1 ? 3 + edges : 3));
    const [, edge = 0, , ...ownPorts] = ports;
    const sockets = ownPorts.map((_, index) => join(folder, 'data', 'run', `edge-${index + 1}.sock`));
    const toEdges = edges > 1 ? { CAUSEWAY_EDGE_RPC: sockets.join(',') } : {};
    const edgeEnvs = ownPorts.map((port, index) => ({
      CAUSEWAY_EDGE_HTTP_PORT: `${port}`,
      CAUSEWAY_EDGE_PUBLIC_URL: `http://127.0.0.1:${edge}`,
      CAUSEWAY_EDGE_RPC_LISTEN: sockets[index] ?? '',
      ...options.edgeEnv?.(index, folder),
    }));
    const env = { ...onRedis, ...toEdges, ...options.env };
    const world = new World({ ...options, folder, databaseUrl, ports, env, edgeEnvs });
    world.redis = redis;
    world.ownsRedis = options.redis === undefined;
    try {
      if (edges > 1) world.balancer = await EdgeBalancer.listen(edge, ownPorts);
      await Promise.all([world.simulator.start(), world.gateway.start()]);
      await Promise.all([world.worker, ...world.edges].map((each) => each.start()));
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  /** One more process of this world, with settings of its own on top. It ends with the world. */
  async another(app: 'gateway' | 'worker', env: Environment = {}): Promise<RunningProcess> {
    const running = new RunningProcess(serverFile(app), [], { ...this.env, ...env });
    this.others.push(running);
    return running.start();
  }

  /** Moves the clock of every process; devices keep theirs. Started with `hasClock`. */
  async moveClock(aheadMs: number): Promise<void> {
    await writeFile(clockFileIn(this.folder), String(aheadMs));
  }

  /** All that the processes wrote. */
  get logs(): string {
    return [this.gateway, this.worker, ...this.edges, this.simulator, ...this.others]
      .map((each) => each.output)
      .join('\n');
  }

  /** The same, byte for byte. */
  get logBytes(): Buffer {
    const all = [this.gateway, this.worker, ...this.edges, this.simulator, ...this.others];
    return Buffer.concat(all.map(({ bytes }) => bytes));
  }

  /** Handles are made unique per world. */
  handle(name: string): string {
    return `${name}-${this.tag}`;
  }

  deviceFolder(name: string): string {
    return join(this.folder, 'devices', name);
  }

  /** A new account with its primary device. */
  async register(name: string, gateway = this.gatewayUrl, host?: string): Promise<Device> {
    const device = this.keep(
      await Device.register({
        gateway,
        ...(host === undefined ? {} : { host }),
        handle: this.handle(name),
        folder: this.deviceFolder(name),
        passphrase: PASSPHRASE,
      }),
    );
    // off until a person turns them on; tests of the switch turn them off again
    await device.interoperability.set('sms', true);
    await device.interoperability.set('rcs', true);
    return device;
  }

  /** A second device of the account whose primary device is given. */
  async addDevice(primary: Device, name: string): Promise<Device> {
    const folder = this.deviceFolder(name);
    const offer = await Device.offer({ gateway: this.gatewayUrl, folder, passphrase: PASSPHRASE });
    const ticket = await primary.link(offer);
    return this.keep(await Device.join({ folder, passphrase: PASSPHRASE, ticket }));
  }

  /** A device that was closed, opened again on its folder. */
  async reopen(name: string, options: { readonly nowMs?: () => number } = {}): Promise<Device> {
    return this.keep(await Device.open({ folder: this.deviceFolder(name), passphrase: PASSPHRASE, ...options }));
  }

  /** Two accounts that may write to each other. */
  async befriend(asker: Device, asked: Device): Promise<void> {
    await asked.allow(asker.address);
    await eventually(async () => {
      const sent = await asker.send(asked.address, 'hello');
      return sent.state.kind === 'sent' || sent.state.kind === 'delivered' || sent.state.kind === 'waiting-on-sender';
    });
  }

  /** Loses every job there is, as a lost disk would. */
  wipeQueue(): Promise<number> {
    return this.redis ? wipeRedis(this.redis.url) : wipePostgresQueue(this.databaseUrl);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.devices.map((device) => device.close()));
    await Promise.allSettled(
      [this.gateway, this.worker, ...this.edges, this.simulator, ...this.others].map((each) => each.stop()),
    );
    await this.balancer?.close();
    if (this.ownsRedis) await this.redis?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private keep(device: Device): Device {
    this.devices.push(device);
    return device;
  }
}

/** What this whole run of tests is to use. */
export const askedQueue = (): 'postgres' | 'redis' =>
  process.env['CAUSEWAY_TEST_QUEUE'] === 'redis' ? 'redis' : 'postgres';

export const PASSPHRASE = 'correct horse battery staple';

/** Waits until `condition` holds; fails with `what` when it does not in time. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  options: { readonly what?: string; readonly withinMs?: number } = {},
): Promise<void> {
  const endMs = Date.now() + (options.withinMs ?? 15_000);
  while (Date.now() < endMs) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not happen in time: ${options.what ?? condition.toString()}`);
}
