import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProcess } from '../support/running-process.js';
import type { FaultField } from './fault-field.js';
import { ALL, CLEAR, LIMIT_MS, since, until, type Blow, type Injection } from './injection.js';
import type { Journey } from './journal.js';

type App = 'gateway' | 'worker' | 'edge';

const AFFECTED: Readonly<Record<App, readonly Journey[]>> = { gateway: ALL, worker: ['native'], edge: CLEAR };

/** Long enough for locks to be lost and calls to be late. */
const FROZEN_MS = { least: 1_500, most: 9_000 };
const DEAD_MS = { least: 50, most: 2_000 };

const apps: readonly App[] = ['gateway', 'worker', 'edge'];

const kill = (app: App): Injection => ({
  name: `kill ${app}`,
  group: `kill ${app}`,
  affects: AFFECTED[app],
  recoverWithinMs: LIMIT_MS.process,
  edgeKills: app === 'edge' ? 1 : 0,
  strike: async ({ field }) => {
    const startMs = Date.now();
    await field.supervisor.kill(field.world[app]);
    return since(startMs);
  },
});

const freeze = (app: App): Injection => ({
  name: `freeze ${app}`,
  group: `freeze ${app}`,
  affects: AFFECTED[app],
  recoverWithinMs: LIMIT_MS.process,
  strike: (blow) => frozen(blow, field(blow).world[app]),
});

const term = (app: App): Injection => ({
  name: `restart ${app}`,
  group: `restart ${app}`,
  affects: AFFECTED[app],
  recoverWithinMs: LIMIT_MS.process,
  strike: async ({ field }) => {
    const startMs = Date.now();
    await field.supervisor.restart(field.world[app]);
    return until(startMs);
  },
});

const field = ({ field }: Blow): FaultField => field;

async function frozen({ random }: Blow, process: RunningProcess) {
  const startMs = Date.now();
  process.freeze();
  await pause(random.between(FROZEN_MS.least, FROZEN_MS.most));
  process.thaw();
  return until(startMs);
}

/** Nobody is there to take what handsets write: the carrier does not repeat a webhook. */
const edgeDown = (seconds: number): Injection => ({
  name: `edge down for ${seconds} s`,
  group: 'edge down',
  affects: CLEAR,
  // webhooks work at once; what was written meanwhile comes with the sweep, and the checker sees that all of it does
  recoverWithinMs: LIMIT_MS.process,
  edgeKills: 1,
  strike: async ({ field: { supervisor, world } }) => {
    const startMs = Date.now();
    await supervisor.down(world.edge);
    await pause(seconds * 1_000);
    const endMs = Date.now();
    supervisor.up(world.edge);
    return { startMs, endMs };
  },
});

const killAll: Injection = {
  name: 'kill gateway, worker and edge',
  group: 'kill all processes',
  affects: ALL,
  // three processes start at once on the cores of one
  recoverWithinMs: 2 * LIMIT_MS.process,
  edgeKills: 1,
  strike: async ({ field: { supervisor, world } }) => {
    const startMs = Date.now();
    await Promise.all([world.gateway, world.worker, world.edge].map((process) => supervisor.kill(process)));
    return since(startMs);
  },
};

/** What `FLUSHALL` is to Redis, on either backend. */
const wipe: Injection = {
  name: 'wipe queue',
  group: 'wipe queue',
  affects: ALL,
  recoverWithinMs: LIMIT_MS.redis,
  strike: async ({ field: { world } }) => {
    const startMs = Date.now();
    await world.wipeQueue();
    return until(startMs);
  },
};

const wipeWhileDead: Injection = {
  name: 'wipe queue while worker and edge are dead',
  group: 'wipe queue',
  affects: ALL,
  recoverWithinMs: LIMIT_MS.redis,
  edgeKills: 1,
  strike: async ({ field: { supervisor, world }, random }) => {
    const startMs = Date.now();
    await Promise.all([supervisor.down(world.worker), supervisor.down(world.edge)]);
    await pause(random.between(DEAD_MS.least, DEAD_MS.most));
    await world.wipeQueue();
    for (const process of [world.worker, world.edge]) supervisor.up(process);
    return until(startMs);
  },
};

export const AT_PROCESSES: readonly Injection[] = [
  ...apps.flatMap((app) => [kill(app), freeze(app), term(app)]),
  killAll,
  edgeDown(30),
  wipe,
  wipeWhileDead,
];
export const SHORT_EDGE_DOWN = edgeDown(5);
