import { objectionsTo, VETOES, type Candidate, type RouteFacts, type Veto, type VetoName } from './route-vetoes.js';

/** The way a conversation took before, and the recipient's order at that time. */
export interface RouteChoice {
  readonly key: string;
  readonly order: readonly string[];
}

export interface RouteQuestion {
  /** Strongest first among equals, as the gateway offers them. */
  readonly candidates: readonly Candidate[];
  readonly facts: RouteFacts;
  readonly current?: RouteChoice | undefined;
}

export interface JudgedCandidate {
  readonly candidate: Candidate;
  readonly objections: readonly VetoName[];
}

export type Route =
  | {
      readonly kind: 'route';
      readonly first: Candidate;
      /** With `first`, those a message that was sealed for it may still move to: clear ways of the same plan. */
      readonly ways: readonly Candidate[];
      readonly judged: readonly JudgedCandidate[];
      /** The order it was chosen by, to be remembered with the choice. */
      readonly order: readonly string[];
      readonly isSwitch: boolean;
    }
  | { readonly kind: 'waiting'; readonly reason: 'consent' | 'route'; readonly judged: readonly JudgedCandidate[] };

/**
 * The way a message takes: vetoes first, from every party; what nobody objects to is ordered by the recipient, then by confidentiality, and
 * the first is taken. Pure. The choice holds within a conversation: it changes when it is closed, when the recipient changed their order, or
 * when a stronger way comes first. `vetoes` is a parameter for tests that leave one out.
 */
export function chooseRoute({ candidates, facts, current }: RouteQuestion, vetoes: readonly Veto[] = VETOES): Route {
  const judged = candidates.map((candidate) => ({ candidate, objections: objectionsTo(candidate, facts, vetoes) }));
  const order = facts.recipient?.order ?? [];
  const open = judged
    .filter(({ objections }) => objections.length === 0)
    .map(({ candidate }) => candidate)
    .toSorted((a, b) => rank(a, order) - rank(b, order));
  const [best] = open;
  if (!best) return { kind: 'waiting', reason: facts.isGranted ? 'route' : 'consent', judged };
  const kept = open.find(({ key }) => key === current?.key);
  const isKept = kept !== undefined && current?.order.join() === order.join() && strength(kept) <= strength(best);
  const first = isKept ? kept : best;
  const ways =
    first.confidentiality === 'clear'
      ? [first, ...open.filter((way) => way !== first && way.confidentiality === 'clear')]
      : [first];
  return { kind: 'route', first, ways, judged, order, isSwitch: current !== undefined && current.key !== first.key };
}

const strength = ({ confidentiality }: Pick<Candidate, 'confidentiality'>): number =>
  confidentiality === 'sealed' ? 0 : 1;

/** Places named by the recipient come first, as a network, its host or one way of it; the rest follows, sealed before clear. */
function rank({ key, network, host, ...candidate }: Candidate, order: readonly string[]): number {
  const place = order.findIndex((named) => named === key || named === network || named === host);
  return place >= 0 ? place - order.length : strength(candidate);
}
