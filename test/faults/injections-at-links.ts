import { setTimeout as pause } from 'node:timers/promises';
import type { LinkProxy } from '../support/link-proxy.js';
import { ALL, CLEAR, LIMIT_MS, since, until, type Injection } from './injection.js';
import type { Journey } from './journal.js';

interface Link {
  readonly name: string;
  readonly affects: readonly Journey[];
  readonly recoverWithinMs: number;
  readonly isRedis?: true;
}

/** A gateway that nobody tells looks into the inboxes of its devices every 30 s. */
const WAKE_LOST_MS = 35_000;

const LINKS: readonly Link[] = [
  { name: 'gateway-database', affects: ALL, recoverWithinMs: LIMIT_MS.database },
  { name: 'worker-database', affects: ['native'], recoverWithinMs: LIMIT_MS.database },
  { name: 'edge-database', affects: CLEAR, recoverWithinMs: LIMIT_MS.database },
  { name: 'gateway-redis', affects: ALL, recoverWithinMs: LIMIT_MS.redis, isRedis: true },
  { name: 'worker-redis', affects: ['native'], recoverWithinMs: LIMIT_MS.redis, isRedis: true },
  { name: 'edge-redis', affects: CLEAR, recoverWithinMs: LIMIT_MS.redis, isRedis: true },
  { name: 'edge-carrier', affects: ['sms'], recoverWithinMs: LIMIT_MS.network },
  { name: 'edge-rcs', affects: ['rcs'], recoverWithinMs: LIMIT_MS.network },
  { name: 'carrier-edge', affects: CLEAR, recoverWithinMs: LIMIT_MS.network },
  { name: 'gateway-edge', affects: ['sms', 'rcs'], recoverWithinMs: LIMIT_MS.network },
  { name: 'worker-gateway', affects: ['native'], recoverWithinMs: WAKE_LOST_MS },
  { name: 'edge-gateway', affects: CLEAR, recoverWithinMs: WAKE_LOST_MS },
  { name: 'device-gateway', affects: ALL, recoverWithinMs: LIMIT_MS.network },
];

const LASTS_MS = { least: 500, most: 6_000 };
const LATENCY_MS = { least: 50, most: 400 };

type Fault = 'cut' | 'stall' | 'latency' | 'half-open' | 'answers lost';
const FAULTS: readonly Fault[] = ['cut', 'stall', 'latency', 'half-open', 'answers lost'];

/** Faults after which a limit of their own holds, whatever the link: who waits on a dead connection has to notice. */
const NOTICED_WITHIN_MS: Partial<Record<Fault, number>> = {
  // it never mends
  'half-open': 45_000,
  // a statement is given up after ten seconds, what it was about is taken up by a sweep, and the next statement may have lost its answer too
  'answers lost': 30_000,
};

const injectionAt = (link: Link, fault: Fault): Injection => ({
  name: `${link.name}: ${fault}`,
  group: `link ${fault}`,
  affects: link.affects,
  recoverWithinMs: Math.max(NOTICED_WITHIN_MS[fault] ?? 0, link.recoverWithinMs),
  ...(link.isRedis ? { queue: 'redis' } : {}),
  strike: async ({ field, random }) => {
    const proxy = field.link(link.name);
    const startMs = Date.now();
    await begin(proxy, fault, random.between(LATENCY_MS.least, LATENCY_MS.most));
    if (fault === 'half-open') return since(startMs);
    await pause(random.between(LASTS_MS.least, LASTS_MS.most));
    await proxy.heal();
    return until(startMs);
  },
});

async function begin(proxy: LinkProxy, fault: Fault, latencyMs: number): Promise<void> {
  switch (fault) {
    case 'cut':
      return proxy.cut();
    case 'stall':
      return proxy.stall();
    case 'latency':
      return proxy.slow(latencyMs);
    case 'half-open':
      return proxy.halfOpen();
    case 'answers lost':
      return proxy.mute();
  }
}

export const AT_LINKS: readonly Injection[] = LINKS.flatMap((link) => FAULTS.map((fault) => injectionAt(link, fault)));
