import { setTimeout as pause } from 'node:timers/promises';
import { reached } from './barrier.js';
import { CLEAR, LIMIT_MS, since, until, type Blow, type Injection, type Span } from './injection.js';

type Script = Readonly<Record<string, string | number>>;

const CALLBACKS = ['lose-callbacks', 'double-callbacks', 'reorder-callbacks', 'late-callbacks'] as const;

/** The carrier misbehaves for some calls, and says nothing of it. */
const scripted = (name: string, faults: (blow: Blow) => readonly Script[]): Injection => ({
  name: `carrier: ${name}`,
  group: `carrier ${name}`,
  affects: ['sms'],
  recoverWithinMs: LIMIT_MS.network,
  strike: async (blow) => {
    const startMs = Date.now();
    for (const fault of faults(blow)) await blow.field.world.carrier.fault(fault);
    return since(startMs);
  },
});

const some = ({ random }: Blow): number => random.between(2, 6);

/** What was accepted in the dark is looked up in a list that does not show it yet. */
const lagging = (lagSeconds: number): Injection =>
  scripted('list that lags', (blow) => [
    { mode: 'lag', operation: 'list', delayMs: blow.random.between(0, lagSeconds * 1_000), count: 20 },
    { mode: 'accept-then-drop', count: 2 },
  ]);

const frozenCarrier: Injection = {
  name: 'freeze carrier',
  group: 'carrier frozen',
  affects: CLEAR,
  recoverWithinMs: LIMIT_MS.network,
  strike: async ({ field: { world }, random }) => {
    const startMs = Date.now();
    world.simulator.freeze();
    await pause(random.between(1_500, 9_000));
    world.simulator.thaw();
    return until(startMs);
  },
};

/** Kills the edge when one of its calls stands at a named point, then lets that call go on or drops it. */
const killAtBarrier = (point: 'before' | 'accepted', then: 'go-on' | 'drop'): Injection => ({
  name: `kill edge with a call ${point === 'before' ? 'at the carrier' : 'accepted'}, then ${then}`,
  group: point === 'before' ? 'kill edge during the call' : 'kill edge after the carrier accepted',
  affects: CLEAR,
  recoverWithinMs: LIMIT_MS.process,
  edgeKills: 1,
  strike: async ({ field: { world, supervisor } }) => {
    await world.carrier.fault({ mode: 'hold', point });
    await reached(async () => (await world.carrier.held()).length > 0);
    const startMs = Date.now();
    await supervisor.kill(world.edge);
    await world.carrier.release(then);
    return since(startMs);
  },
});

/** The attempt is written down, the connection stands, and the request never reaches the carrier. */
const killBeforeCall: Injection = {
  name: 'kill edge before the call',
  group: 'kill edge before the call',
  affects: CLEAR,
  recoverWithinMs: LIMIT_MS.process,
  edgeKills: 1,
  strike: async ({ field }) => {
    const link = field.link('edge-carrier');
    link.stall();
    await reached(() => link.holds('/Messages.json HTTP') && link.holds('POST '));
    const startMs = Date.now();
    await field.supervisor.kill(field.world.edge);
    await link.cut();
    await link.heal();
    return since(startMs);
  },
};

/** The same, but the edge only stands still until its time to call has passed. */
const freezeAtBarrier: Injection = {
  name: 'freeze edge with a call at the carrier',
  group: 'freeze edge during the call',
  affects: CLEAR,
  recoverWithinMs: LIMIT_MS.process,
  strike: async ({ field: { world } }): Promise<Span> => {
    await world.carrier.fault({ mode: 'hold', point: 'accepted' });
    await reached(async () => (await world.carrier.held()).length > 0);
    const startMs = Date.now();
    world.edge.freeze();
    await pause(7_000);
    await world.carrier.release('go-on');
    world.edge.thaw();
    return until(startMs);
  },
};

export const atCarrier = (lagSeconds: number): readonly Injection[] => [
  scripted('slow', (blow) => [{ mode: 'slow', delayMs: blow.random.between(500, 6_000), count: some(blow) }]),
  scripted('429', (blow) => [{ mode: '429', count: some(blow) }]),
  scripted('500', (blow) => [{ mode: '500', count: some(blow) }]),
  scripted('drops', (blow) => [
    { mode: 'drop', count: 2 },
    { mode: 'drop', operation: 'list', count: some(blow) },
  ]),
  scripted('accepts, then drops', () => [{ mode: 'accept-then-drop', count: 3 }]),
  scripted('accepts, then 500', () => [{ mode: 'accept-then-500', count: 3 }]),
  ...CALLBACKS.map((mode) => scripted(mode, (blow) => [{ mode, count: some(blow), delayMs: 5_000 }])),
  ...CALLBACKS.filter((mode) => mode !== 'reorder-callbacks').map((mode): Injection => ({
    ...scripted(`inbound ${mode}`, (blow) => [{ mode, operation: 'inbound', count: some(blow), delayMs: 5_000 }]),
    affects: ['inbound'],
  })),
  lagging(lagSeconds),
  frozenCarrier,
  killBeforeCall,
  killAtBarrier('before', 'go-on'),
  killAtBarrier('before', 'drop'),
  killAtBarrier('accepted', 'go-on'),
  freezeAtBarrier,
];
