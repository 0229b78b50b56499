import type { Evidence } from './check-delivery.js';
import type { Offer } from './journal.js';

/** All that is known of one message, in times of one clock. */
export interface MessageTrail {
  readonly text: string;
  readonly offeredMs: number;
  readonly answeredMs: number | undefined;
  /** With the answer of its first submission. */
  readonly isAcknowledged: boolean;
  readonly acceptedMs: number | undefined;
  readonly position: string | undefined;
  readonly state: string | undefined;
  readonly attempts: readonly string[];
  readonly arrivals: readonly { readonly at: string; readonly atMs: number }[];
}

/** The messages of each lane that one of the sentences is about, for whoever has to find out how that came. */
export function lanesIn(sentences: readonly string[], { journal, verdicts }: Evidence): readonly MessageTrail[] {
  const names = new Set(journal.offers.map(({ lane }) => lane.name));
  const named = new Set([...names].filter((name) => sentences.some((sentence) => sentence.startsWith(`${name} #`))));
  const trailOf = ({ text, atMs, answeredMs, isAcknowledged }: Offer): MessageTrail => {
    const { facts } = verdicts.get(text) ?? {};
    return {
      text,
      offeredMs: atMs,
      answeredMs,
      isAcknowledged,
      acceptedMs: facts?.acceptedAt.getTime(),
      position: facts?.position,
      state: facts?.state,
      attempts: facts?.attempts ?? [],
      arrivals: journal.arrivals.flatMap((each) => (each.text === text ? [{ at: each.at, atMs: each.atMs }] : [])),
    };
  };
  return journal.offers.filter(({ lane }) => named.has(lane.name)).map(trailOf);
}
