import type { SeededRandom } from '../support/seeded-random.js';
import { DelayedLink } from './delayed-link.js';
import { lookOf } from './look-of-answer.js';
import { medianDifference, type MedianDifference } from './median-difference.js';
import { KINDS, type Kind, type Question } from './question.js';
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
}

export interface CompareOptions {
  readonly gatewayUrl: string;
  readonly random: SeededRandom;
  readonly rounds: number;
  /** Rounds end early once this many were asked and the planted difference was found; by default none do. */
  readonly leastRounds?: number;
  /** Added to the planted question, milliseconds: more, where a busy machine has to decide in few rounds. */
  readonly plantedMs?: number;
  readonly say?: (line: string) => void;
}

const LOOKED_AT_EVERY = 250;
type Column = Kind | 'planted';
const COLUMNS: readonly Column[] = [...KINDS, 'planted'];

/** Asks about each kind of person once in every round, in an order that changes, and compares what belongs together. */
export async function compareAnswers(question: Question, options: CompareOptions): Promise<Comparison> {
  const { random } = options;
  const rounds = Math.min(options.rounds, question.mostRounds ?? options.rounds);
  const leastRounds = Math.min(options.leastRounds ?? rounds, rounds);
  const prepared = await question.prepare(rounds);
  const [direct, planted] = [
    await DelayedLink.to(options.gatewayUrl, 0),
    await DelayedLink.to(options.gatewayUrl, options.plantedMs ?? PLANTED_MS),
  ];
  const clients = { direct: new TimedClient(direct.port), planted: new TimedClient(planted.port) };
  const times: Record<Column, number[]> = { existing: [], refusing: [], blocking: [], unknown: [], planted: [] };
  const looks = new Set<string>();
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const column of random.shuffle(COLUMNS)) {
        const isPlanted = column === 'planted';
        const asked = await prepared.ask(isPlanted ? 'unknown' : column, round, COLUMNS.indexOf(column));
        const answer = await (isPlanted ? clients.planted : clients.direct).ask(asked);
        times[column].push(answer.tookMs);
        looks.add(lookOf(answer));
      }
      const asked = round + 1;
      if (asked % LOOKED_AT_EVERY !== 0) continue;
      if (asked % 2_000 === 0) options.say?.(`${question.name}: ${asked} rounds`);
      if (asked >= leastRounds && against(times, 'planted').isFound) break;
    }
  } finally {
    for (const each of [clients.direct, clients.planted, direct, planted]) each.close();
  }
  const kinds = ['existing', 'refusing', 'blocking', 'planted'] as const;
  return {
    question: question.name,
    rounds: times.unknown.length,
    usualMs: middleOf(times.unknown),
    compared: kinds.map((kind) => ({ kind, ...against(times, kind) })),
    looks: [...looks],
  };
}

const against = (times: Readonly<Record<Column, readonly number[]>>, column: Column): MedianDifference =>
  medianDifference(times[column].map((tookMs, round) => tookMs - (times.unknown[round] ?? Number.NaN)));

const middleOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
