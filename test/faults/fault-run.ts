import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { SeededRandom } from '../support/seeded-random.js';
import { NobodyCame } from './barrier.js';
import { checkDelivery, type Findings } from './check-delivery.js';
import { FaultField, type Queue } from './fault-field.js';
import { FaultLoad, type Pace } from './fault-load.js';
import type { Blow, Injection, Span } from './injection.js';
import { lanesIn, type MessageTrail } from './lane-trails.js';
import { recoveryOf, type Recovery } from './recovery.js';
import { settle } from './settle.js';

export interface RunOptions {
  readonly queue: Queue;
  readonly seed: number;
  /** Until no further injection begins; settling comes on top. */
  readonly seconds: number;
  readonly absentAfterSeconds: number;
  readonly pace: Pace;
  /** What may strike here; dealt in the order of chance, again and again until the time is over, or once with `isOnce`. */
  readonly injections: readonly Injection[];
  readonly isOnce?: boolean;
  readonly say: (line: string) => void;
}

export interface RunResult {
  readonly queue: Queue;
  readonly seed: number;
  readonly seconds: number;
  readonly recoveries: readonly Recovery[];
  readonly findings: Findings;
  readonly edgeKills: number;
  /** Processes that ended without being killed. */
  readonly unaskedEnds: readonly string[];
  /** Injections that found nothing to strike. */
  readonly missed: readonly string[];
  /** Of the lanes on which something was not as promised. */
  readonly trails: readonly MessageTrail[];
}

/** Nothing happens for so long before each injection, milliseconds. */
const QUIET_MS = { least: 300, most: 2_500 };
/** Traffic that has not come back by then has not come back. */
const GIVE_UP_MS = 60_000;
const LOOK_MS = 50;

/** One run on one backend: load, one injection after the other, each followed until traffic flows again, then the accounts. */
export async function runFaults(options: RunOptions): Promise<RunResult> {
  const { queue, seed, say } = options;
  const field = await FaultField.open(options);
  try {
    const load = new FaultLoad(field, new SeededRandom(seed + 1));
    await load.meet();
    load.start(options.pace);
    const blows = await strikeAll(options, field, load);
    say('settling');
    await calm(field);
    await load.stop();
    const evidence = await settle(field, load, { withinMs: (options.absentAfterSeconds + 90) * 1_000 });
    load.close();
    const recoveries = blows.struck.map((blow) => recoveryOf(load.journal, blow));
    const findings = checkDelivery(evidence);
    const { outOfOrder, lost, neverTerminal, untrue, nativeDuplicates, rcsDuplicates, smsDuplicates } = findings;
    const wrong = [outOfOrder, lost, neverTerminal, untrue, nativeDuplicates, rcsDuplicates, smsDuplicates].flat();
    if (wrong.length > 0) await writeFile(`fault-logs-${queue}.txt`, field.world.logs);
    return {
      queue,
      seed,
      seconds: options.seconds,
      recoveries,
      findings,
      edgeKills: blows.struck.reduce((sum, { injection }) => sum + (injection.edgeKills ?? 0), 0),
      unaskedEnds: field.supervisor.unasked,
      missed: blows.missed,
      trails: lanesIn(wrong, evidence),
    };
  } catch (thrown) {
    say(field.world.logs.split('\n').slice(-40).join('\n'));
    throw thrown;
  } finally {
    await field.close();
  }
}

export interface Struck {
  readonly injection: Injection;
  readonly span: Span;
}

async function strikeAll(options: RunOptions, field: FaultField, load: FaultLoad) {
  const random = new SeededRandom(options.seed);
  const endMs = Date.now() + options.seconds * 1_000;
  const struck: Struck[] = [];
  const missed: string[] = [];
  const fitting = options.injections.filter(({ queue }) => queue === undefined || queue === options.queue);
  for (let isFirst = true; Date.now() < endMs && (isFirst || !options.isOnce); isFirst = false) {
    for (const injection of random.shuffle(fitting)) {
      if (Date.now() >= endMs) break;
      await pause(random.between(QUIET_MS.least, QUIET_MS.most));
      const span = await strike(injection, { field, random });
      if (!span) {
        missed.push(injection.name);
        continue;
      }
      struck.push({ injection, span });
      const { journeys } = await recovered(load, { injection, span });
      const flowing = Object.entries(journeys).map(([journey, afterMs]) => `${journey} ${afterMs} ms`);
      options.say(`${injection.name}: ${span.endMs - span.startMs} ms, flowing again: ${flowing.join(', ')}`);
    }
  }
  return { struck, missed };
}

/** `undefined` when there was nothing to strike: no call came to a barrier in time. */
async function strike(injection: Injection, blow: Blow): Promise<Span | undefined> {
  try {
    return await injection.strike(blow);
  } catch (thrown) {
    if (!(thrown instanceof NobodyCame)) throw thrown;
    await calm(blow.field);
    return undefined;
  }
}

async function recovered(load: FaultLoad, struck: Struck): Promise<Recovery> {
  const endMs = Date.now() + GIVE_UP_MS;
  for (;;) {
    const recovery = recoveryOf(load.journal, struck);
    if (recovery.firstMs !== undefined || Date.now() > endMs) return recovery;
    await pause(LOOK_MS);
  }
}

/** Nothing that was scripted strikes any more. */
async function calm({ links, world }: FaultField): Promise<void> {
  await Promise.all([...links.values()].map((link) => link.heal()));
  await world.carrier.clearFaults();
  await world.carrier.clearRcsFaults();
  await world.carrier.release('go-on');
}
