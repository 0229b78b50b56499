import { hashOf } from '../chance.js';
import { quantile } from '../measure/statistics.js';
import { pairName, type Edge } from './edges.js';

/** The half that weights are tuned on, or the one that is kept back until they are frozen. */
export type Half = 'tune' | 'held';

const SESSION_MS = 3_600_000;
const LEAST_GAPS = 10;
/** Fewer gaps, or fewer answers, than this are nobody's ways. */
const LEAST_LEARNT = 50;

/** What is replayed, who is counted, and what attackers copy of honest people. */
export interface Population {
  readonly source: string;
  readonly edges: readonly Edge[];
  /** The first event that counts, and the last. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly isCounted: (person: string) => boolean;
  /** Gaps within sessions of the counted half, each divided by the mean of its sender: how unevenly people write. */
  readonly unevenness: readonly number[];
  /** How long answers to first contacts took, milliseconds. */
  readonly answerDelaysMs: readonly number[];
  /** Of first contacts, the share that was ever answered. */
  readonly answeredShare: number;
}

/** People are halved by a hash of their name, time at the median event. The held half begins where the other ended, after the same history. */
export function populationOf(edges: readonly Edge[], half: Half, source: string): Population {
  const median = quantile(
    edges.map(({ atMs }) => atMs),
    0.5,
  );
  const [first, last] = [edges[0], edges.at(-1)];
  if (median === undefined || !first || !last) throw new Error('there is no metadata to replay');
  const isCounted = (person: string): boolean => (hashOf(person) % 2 === 0) === (half === 'tune');
  const replayed = half === 'tune' ? edges.filter(({ atMs }) => atMs <= median) : edges;
  const [fromMs, toMs] = half === 'tune' ? [first.atMs, median] : [median + 1, last.atMs];
  const learnt = edges.filter(({ from, atMs }) => isCounted(from) && atMs >= fromMs && atMs <= toMs);
  const answers = answersIn(replayed);
  const unevenness = unevennessIn(learnt);
  if (unevenness.length < LEAST_LEARNT || answers.delaysMs.length < LEAST_LEARNT)
    throw new Error(
      `the metadata is too little: from ${String(learnt.length)} messages of the half called ${half} attackers cannot learn how people write and are answered`,
    );
  return {
    source,
    edges: replayed,
    fromMs,
    toMs,
    isCounted,
    unevenness,
    answerDelaysMs: answers.delaysMs,
    answeredShare: answers.share,
  };
}

function unevennessIn(edges: readonly Edge[]): readonly number[] {
  const times = new Map<string, number[]>();
  for (const { from, atMs } of edges) {
    const sent = times.get(from);
    if (sent) sent.push(atMs);
    else times.set(from, [atMs]);
  }
  return [...times.values()].flatMap((sent) => {
    const gaps = sent.slice(1).map((atMs, index) => atMs - (sent[index] ?? atMs));
    const within = gaps.filter((gap) => gap > 0 && gap < SESSION_MS);
    if (within.length < LEAST_GAPS) return [];
    const mean = within.reduce((sum, gap) => sum + gap, 0) / within.length;
    return within.map((gap) => gap / mean);
  });
}

function answersIn(edges: readonly Edge[]): { readonly delaysMs: readonly number[]; readonly share: number } {
  const first = new Map<string, number>();
  const answered = new Set<string>();
  const delaysMs: number[] = [];
  for (const { from, to, atMs } of edges) {
    const [there, back] = [pairName(from, to), pairName(to, from)];
    const asked = first.get(back);
    if (asked !== undefined) {
      if (!answered.has(back)) delaysMs.push(atMs - asked);
      answered.add(back);
    } else if (!first.has(there)) first.set(there, atMs);
  }
  return { delaysMs, share: first.size === 0 ? 0 : answered.size / first.size };
}
