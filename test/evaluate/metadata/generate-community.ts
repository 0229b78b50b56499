import { Chance } from '../chance.js';
import type { Edge } from './edges.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * What is published of a community made for contacting strangers (docs/abuse-evaluation.md names the source): the largest number of new
 * recipients of a sender in 24 hours has median 2, p99 31, p99.9 97; 47 % of first contacts are ever answered.
 */
const PUBLISHED = { median: 2, p99: 31, answered: 0.47 } as const;
/** A log-normal with that median and p99: ln(31 / 2) / 2.326. */
const SIGMA = Math.log(PUBLISHED.p99 / PUBLISHED.median) / 2.326;

/** People who meet strangers, as edges in order of time: a generator for when no real metadata is at hand. */
export function generateCommunity(options: {
  readonly people: number;
  readonly days: number;
  readonly seed: number;
  readonly startMs?: number;
}): readonly Edge[] {
  const chance = new Chance(options.seed);
  const startMs = options.startMs ?? Date.UTC(2026, 0, 5);
  const names = Array.from({ length: options.people }, (_, index) => `g${String(index)}`);
  const edges: Edge[] = [];
  for (const from of names) {
    const most = Math.min(300, Math.max(1, Math.round(chance.logNormal(PUBLISHED.median, SIGMA))));
    const joinsMs = startMs + chance.share() ** 2 * options.days * 0.7 * DAY_MS;
    const sessions = 1 + Math.floor(chance.logNormal(2, 1));
    for (let session = 0; session < sessions; session += 1) {
      const isLargest = session === 0;
      const contacts = isLargest ? most : Math.max(1, Math.round(most * chance.share() * 0.5));
      const dayMs = joinsMs + (isLargest ? 0 : chance.logNormal(12, 1) * DAY_MS);
      writeSession(edges, chance, { from, names, contacts, atMs: dayMs + chance.between(8, 16) * HOUR_MS });
    }
  }
  const endMs = startMs + options.days * DAY_MS;
  return edges.filter(({ atMs }) => atMs < endMs).toSorted((a, b) => a.atMs - b.atMs);
}

function writeSession(
  edges: Edge[],
  chance: Chance,
  session: {
    readonly from: string;
    readonly names: readonly string[];
    readonly contacts: number;
    readonly atMs: number;
  },
): void {
  let { atMs } = session;
  for (let index = 0; index < session.contacts; index += 1) {
    const to = chance.pick(session.names);
    if (to === session.from) continue;
    edges.push({ from: session.from, to, atMs });
    converse(edges, chance, { from: session.from, to, atMs });
    // two thirds of a large day lie within an hour
    atMs += chance.happens(0.85) ? chance.logNormal(1.4, 1) * MINUTE_MS : chance.logNormal(60, 0.8) * MINUTE_MS;
  }
}

/** Half of all answers come within some hours; who answers goes on for a while. */
function converse(edges: Edge[], chance: Chance, first: Edge): void {
  if (!chance.happens(PUBLISHED.answered)) return;
  let atMs = first.atMs + chance.logNormal(6, 2) * HOUR_MS;
  const turns = 1 + Math.floor(chance.logNormal(2, 1));
  for (let turn = 0; turn < turns; turn += 1) {
    const [from, to] = turn % 2 === 0 ? [first.to, first.from] : [first.from, first.to];
    edges.push({ from, to, atMs });
    atMs += chance.logNormal(20, 1.5) * MINUTE_MS;
  }
}
