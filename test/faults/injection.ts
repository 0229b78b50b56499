import type { SeededRandom } from '../support/seeded-random.js';
import type { FaultField, Queue } from './fault-field.js';
import type { Journey } from './journal.js';

/** When the fault was there: from the first effect to the moment from which things can be well again. */
export interface Span {
  readonly startMs: number;
  /** For a process that its supervisor starts again, and for a connection nobody repairs: the start itself. */
  readonly endMs: number;
}

export interface Blow {
  readonly field: FaultField;
  readonly random: SeededRandom;
}

/** One kind of thing that goes wrong. */
export interface Injection {
  readonly name: string;
  /** What the limits are given for, in reports. */
  readonly group: string;
  readonly affects: readonly Journey[];
  /** How long after its end traffic may stand still on each journey it affects, milliseconds. */
  readonly recoverWithinMs: number;
  /** Only where this backend is. */
  readonly queue?: Queue;
  /** Edges killed by it: each may cost one second copy of an SMS. */
  readonly edgeKills?: number;
  readonly strike: (blow: Blow) => Promise<Span>;
}

export const ALL: readonly Journey[] = ['native', 'sms', 'rcs', 'inbound'];
export const CLEAR: readonly Journey[] = ['sms', 'rcs', 'inbound'];

/** What may stand still for how long, milliseconds. */
export const LIMIT_MS = { process: 5_000, redis: 10_000, database: 15_000, network: 15_000 } as const;

export const since = (startMs: number): Span => ({ startMs, endMs: startMs });
export const until = (startMs: number): Span => ({ startMs, endMs: Date.now() });
