import type { CarrierFact } from './carrier-truth.js';

/** What the sender of one message is told in the end: the state, and the outcome of each attempt. */
export interface Told {
  readonly text: string;
  readonly state: string;
  readonly attempts: readonly string[];
}

/** Every violation is a sentence that names the message. */
export interface UnknownOutcomes {
  readonly states: Readonly<Record<string, number>>;
  /** Ended nowhere, or said to be delivered and on no handset. */
  readonly lost: readonly string[];
  /** The carrier was handed it more than once, and nobody asked for that. */
  readonly sentAgain: readonly string[];
  /** Said to have failed, and yet the carrier took it. */
  readonly untrue: readonly string[];
  /** An end whose attempts do not say how it came about. */
  readonly untraced: readonly string[];
}

/** Last outcomes that say how such an end came about. */
const TRACES: Readonly<Record<string, ReadonlySet<string>>> = {
  delivered: new Set(['delivered', 'displayed']),
  unconfirmed: new Set(['unconfirmed']),
  failed: new Set(['failed', 'not-sent']),
};

/** Holds what senders are told against what the carrier itself wrote down. Pure. */
export function judge(told: readonly Told[], facts: readonly CarrierFact[]): UnknownOutcomes {
  const times = (event: CarrierFact['event'], text: string): number =>
    facts.filter((fact) => fact.event === event && fact.body === text).length;
  const [lost, sentAgain, untrue, untraced]: [string[], string[], string[], string[]] = [[], [], [], []];
  const states: Record<string, number> = {};
  for (const { text, state, attempts } of told) {
    states[state] = (states[state] ?? 0) + 1;
    const traces = TRACES[state];
    if (!traces) lost.push(`${text}: ${state}`);
    else if (!traces.has(attempts.at(-1) ?? '')) untraced.push(`${text}: ${state} after ${attempts.join(', ')}`);
    if (state === 'delivered' && times('shown', text) === 0) lost.push(`${text}: said to be delivered, and nowhere`);
    if (times('accepted', text) > 1) sentAgain.push(`${text}: taken ${times('accepted', text)} times`);
    if (state === 'failed' && times('accepted', text) > 0) untrue.push(`${text}: failed, and yet it was taken`);
  }
  return { states, lost, sentAgain, untrue, untraced };
}

export const violationsOf = ({ lost, sentAgain, untrue, untraced }: UnknownOutcomes): readonly string[] => [
  ...lost.map((each) => `lost: ${each}`),
  ...sentAgain.map((each) => `sent again blindly: ${each}`),
  ...untrue.map((each) => `untrue: ${each}`),
  ...untraced.map((each) => `without a trace: ${each}`),
];
