import type { Route } from './choose-route.js';
import { VETO_WORDS, type VetoName } from './route-vetoes.js';

/** One way as its sender may see it. */
export interface ExplainedWay {
  readonly network: string;
  readonly confidentiality: 'sealed' | 'clear';
  readonly outcome: 'taken' | 'next' | 'closed' | 'waits';
  readonly by?: 'you' | 'them' | 'gateway';
  readonly why?: string;
}

const THEIRS: ReadonlySet<VetoName> = new Set([
  'consent',
  'their-switch',
  'their-not-over',
  'their-floor',
] as const satisfies readonly VetoName[]);

/**
 * A plan in words, in one of two forms. Before a grant it says what the sender's own side implies and waits for the rest, whoever is asked
 * about; after it every way is named with its outcome. A block is in neither.
 */
export function explainRoute(route: Route, isGranted: boolean): readonly ExplainedWay[] {
  return route.judged.map(({ candidate, objections }) => {
    const { network, confidentiality } = candidate;
    const [objection] = isGranted ? objections : objections.filter((name) => !THEIRS.has(name));
    if (objection) return { network, confidentiality, outcome: 'closed', ...VETO_WORDS[objection] } as const;
    if (!isGranted) return { network, confidentiality, outcome: 'waits', ...VETO_WORDS.consent } as const;
    const isTaken = route.kind === 'route' && route.first === candidate;
    return { network, confidentiality, outcome: isTaken ? 'taken' : 'next' } as const;
  });
}
