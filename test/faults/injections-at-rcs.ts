import { reached } from './barrier.js';
import { CLEAR, LIMIT_MS, since, type Blow, type Injection } from './injection.js';

type Script = Readonly<Record<string, string | number>>;

const CALLBACKS = ['lose-callbacks', 'double-callbacks', 'reorder-callbacks', 'late-callbacks'] as const;

/** The pretend RCS network misbehaves for some calls, and says nothing of it. */
const scripted = (name: string, faults: (blow: Blow) => readonly Script[]): Injection => ({
  name: `RCS: ${name}`,
  group: `RCS ${name}`,
  affects: ['rcs'],
  recoverWithinMs: LIMIT_MS.network,
  strike: async (blow) => {
    const startMs = Date.now();
    for (const fault of faults(blow)) await blow.field.world.carrier.rcsFault(fault);
    return since(startMs);
  },
});

const some = ({ random }: Blow): number => random.between(2, 6);

/** The attempt is written down, the connection stands, and the request never reaches the network. */
const killBeforeCall: Injection = {
  name: 'kill edge before an RCS call',
  group: 'kill edge before the call',
  affects: CLEAR,
  recoverWithinMs: LIMIT_MS.process,
  edgeKills: 1,
  strike: async ({ field }) => {
    const link = field.link('edge-rcs');
    link.stall();
    await reached(() => link.holds('/agentMessages?'));
    const startMs = Date.now();
    await field.supervisor.kill(field.world.edge);
    await link.cut();
    await link.heal();
    return since(startMs);
  },
};

/** The network has the message, and nobody is left to hear its answer. */
const killAfterAccepted: Injection = {
  name: 'kill edge with an RCS message accepted',
  group: 'kill edge after the carrier accepted',
  affects: CLEAR,
  recoverWithinMs: LIMIT_MS.process,
  edgeKills: 1,
  strike: async ({ field }) => {
    const link = field.link('edge-rcs');
    link.mute();
    const before = field.truth.rcsAccepted;
    await reached(() => field.truth.rcsAccepted > before);
    const startMs = Date.now();
    await field.supervisor.kill(field.world.edge);
    await link.heal();
    return since(startMs);
  },
};

export const AT_RCS: readonly Injection[] = [
  scripted('slow', (blow) => [{ mode: 'slow', delayMs: blow.random.between(500, 6_000), count: some(blow) }]),
  scripted('429', (blow) => [{ mode: '429', count: some(blow) }]),
  scripted('500', (blow) => [{ mode: '500', count: some(blow) }]),
  scripted('drops', (blow) => [{ mode: 'drop', count: some(blow) }]),
  scripted('accepts, then drops', () => [{ mode: 'accept-then-drop', count: 3 }]),
  scripted('accepts, then 500', () => [{ mode: 'accept-then-500', count: 3 }]),
  ...CALLBACKS.map((mode) =>
    scripted(mode, (blow) => [{ mode, operation: 'webhook', count: some(blow), delayMs: 5_000 }]),
  ),
  killBeforeCall,
  killAfterAccepted,
];
