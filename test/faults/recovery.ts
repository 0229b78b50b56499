import type { Struck } from './fault-run.js';
import type { Journal, Journey } from './journal.js';

/** How soon traffic flowed again after one injection. */
export interface Recovery {
  readonly name: string;
  readonly group: string;
  readonly atMs: number;
  readonly lastedMs: number;
  readonly limitMs: number;
  /**
   * From the end of the injection until, on the slowest journey it affects, something came out that was offered after its beginning.
   * `undefined`: never.
   */
  readonly firstMs: number | undefined;
  /** The same until every lane of those journeys had. Later injections may have had a part in it. */
  readonly everyLaneMs: number | undefined;
  /** `firstMs` of each journey apart. */
  readonly journeys: Readonly<Partial<Record<Journey, number | 'never'>>>;
}

/** Reads the journal alone, so that it can be asked again later, when more lanes have spoken. */
export function recoveryOf(journal: Journal, { injection, span }: Struck): Recovery {
  const perJourney = injection.affects.map((journey) => ({
    lanes: journal.lanesOf(journey),
    first: [...journal.firstAfter(journey, span).values()],
  }));
  const sooner = perJourney.map(({ first }) => (first.length === 0 ? undefined : Math.min(...first)));
  const all = perJourney.map(({ lanes, first }) => (first.length < lanes ? undefined : Math.max(...first)));
  return {
    name: injection.name,
    group: injection.group,
    atMs: span.startMs,
    lastedMs: span.endMs - span.startMs,
    limitMs: injection.recoverWithinMs,
    firstMs: latest(sooner, span.endMs),
    everyLaneMs: latest(all, span.endMs),
    journeys: Object.fromEntries(
      injection.affects.map((journey, index) => [journey, since(sooner[index], span.endMs)]),
    ),
  };
}

const since = (time: number | undefined, endMs: number): number | 'never' =>
  time === undefined ? 'never' : time - endMs;

function latest(times: readonly (number | undefined)[], endMs: number): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length < times.length ? undefined : Math.max(...known) - endMs;
}
