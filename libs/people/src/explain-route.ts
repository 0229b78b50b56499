import type { Route } from './choose-route.js';
import { VETO_WORDS, type VetoName } from './route-vetoes.js';

/** One way as its sender may see it. */
export interface ExplainedWay {
  readonly network: string;
  readonly confidentiality: 'sealed' | 'clear';
  readonly outcome: 'taken' | 'next' | 'closed' | 'waits';
  readonly by?: 'you' | 'them' | 'gateway';
  readonly why?: string;
  /** Of a native way, where there are several after a grant: whose account it is. */
  readonly address?: string;
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
  const isOneOfSeveral = isGranted && route.judged.filter(({ candidate }) => candidate.host !== undefined).length > 1;
  return route.judged.map(({ candidate, objections }) => {
    const { network, confidentiality, host, key } = candidate;
    const named = isOneOfSeveral && host !== undefined ? { address: key } : {};
    const [objection] = isGranted ? objections : objections.filter((name) => !THEIRS.has(name));
    if (objection) return { network, confidentiality, outcome: 'closed', ...VETO_WORDS[objection], ...named } as const;
    if (!isGranted) return { network, confidentiality, outcome: 'waits', ...VETO_WORDS.consent } as const;
    const isTaken = route.kind === 'route' && route.first === candidate;
    return { network, confidentiality, outcome: isTaken ? 'taken' : 'next', ...named } as const;
  });
}
