import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '../support/seeded-random.js';
import { DelayedLink } from './delayed-link.js';
import { lookOf } from './look-of-answer.js';
import { medianDifference, type MedianDifference } from './median-difference.js';
import { KINDS, type Kind, type PreparedQuestion, type Question } from './question.js';
import { TimedClient } from './timed-client.js';

/** Added on purpose to one more question about nobody, milliseconds: the same comparison has to find it. */
export const PLANTED_MS = 0.5;

/** How answers about one kind compare with answers about nobody that were asked for beside them. */
export type Compared = MedianDifference & { readonly kind: Exclude<Kind, 'unknown'> | 'planted' };

export interface Comparison {
  readonly question: string;
  readonly rounds: number;
  /** Median time of an answer about nobody, milliseconds. */
  readonly usualMs: number;
  readonly compared: readonly Compared[];
  /** All that answers looked like, whoever was asked about: one, when they are alike. */
  readonly looks: readonly string[];
  readonly times: readonly Times[];
}

export interface CompareOptions {
  readonly gatewayUrl: string;
  readonly random: SeededRandom;
  readonly rounds: number;
  /** Rounds end early once this many were asked and the planted difference was found; by default none do. */
  readonly leastRounds?: number;
  /** Added to the planted question, milliseconds: more, where a busy machine has to decide in few rounds. */
  readonly plantedMs?: number;
  /** One question after the other, also where a question may be asked side by side: what a busy machine can do by then. */
  readonly isInTurn?: boolean;
  /** Rounds of an earlier run, which count with those that are asked now. */
  readonly before?: readonly Times[];
  /** Seconds after which no round is begun, from when the first one is. */
  readonly forSeconds?: number;
  readonly say?: (line: string) => void;
}

const LOOKED_AT_EVERY = 50;
type Column = Kind | 'planted';
/** How long each answer of one round took, milliseconds. */
export type Times = Readonly<Record<Column, number>>;
const COLUMNS: readonly Column[] = [...KINDS, 'planted'];

interface Round {
  readonly random: SeededRandom;
  readonly round: number;
  readonly restMs: number | undefined;
  readonly clients: Readonly<Record<'direct' | 'planted', TimedClient>>;
  readonly looks: Set<string>;
}

/** Asks about each kind of person once in every round, in an order that changes, and compares what belongs together. */
export async function compareAnswers(question: Question, options: CompareOptions): Promise<Comparison> {
  const { rounds, leastRounds = rounds, before = [], forSeconds = Infinity } = options;
  const prepared = await question.prepare(rounds);
  const links = {
    direct: await DelayedLink.to(options.gatewayUrl, 0),
    planted: await DelayedLink.to(options.gatewayUrl, options.plantedMs ?? PLANTED_MS),
  };
  const times: Times[] = [...before];
  const looks = new Set<string>();
  let begun = times.length;
  let isDone = false;
  const endMs = performance.now() + forSeconds * 1_000;
  const askRounds = async (): Promise<void> => {
    const clients = { direct: new TimedClient(links.direct.port), planted: new TimedClient(links.planted.port) };
    try {
      while (begun < rounds && !isDone && performance.now() < endMs) {
        times.push(await askRound(prepared, { ...options, restMs: question.restMs, round: begun++, clients, looks }));
        if (times.length % LOOKED_AT_EVERY !== 0) continue;
        if (times.length % 2_000 === 0) options.say?.(`${question.name}: ${times.length} rounds`);
        isDone = times.length >= leastRounds && against(times, 'planted').isFound;
      }
    } finally {
      clients.direct.close();
      clients.planted.close();
    }
  };
  try {
    await Promise.all(Array.from({ length: options.isInTurn ? 1 : (question.lanes ?? 1) }, askRounds));
  } finally {
    links.direct.close();
    links.planted.close();
    await prepared.close?.();
  }
  const kinds = ['existing', 'refusing', 'blocking', 'planted'] as const;
  return {
    question: question.name,
    rounds: times.length,
    usualMs: middleOf(times.map(({ unknown }) => unknown)),
    compared: kinds.map((kind) => ({ kind, ...against(times, kind) })),
    looks: [...looks],
    times,
  };
}

/** Everybody once, by the same asker, one after the other. */
async function askRound(prepared: PreparedQuestion, { random, restMs, round, clients, looks }: Round): Promise<Times> {
  const times: Record<Column, number> = { existing: 0, refusing: 0, blocking: 0, unknown: 0, planted: 0 };
  for (const column of random.shuffle(COLUMNS)) {
    const isPlanted = column === 'planted';
    const asked = await prepared.ask(isPlanted ? 'unknown' : column, round, COLUMNS.indexOf(column));
    const answer = await (isPlanted ? clients.planted : clients.direct).ask(asked);
    times[column] = answer.tookMs;
    looks.add(lookOf(answer));
    if (restMs !== undefined) await pause(restMs);
  }
  return times;
}

const against = (times: readonly Times[], column: Column): MedianDifference =>
  medianDifference(times.map((each) => each[column] - each.unknown));

const middleOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
