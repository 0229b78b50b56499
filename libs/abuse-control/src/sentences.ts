import type { Action, Level } from './decision.js';
import type { SignalName } from './signals.js';

const count = (value: number, one: string, many: string): string =>
  value === 1 ? `1 ${one}` : `${String(Math.round(value))} ${many}`;
const percent = (value: number): string => `${String(Math.round(value * 100))} in 100`;
const people = (value: number): string => count(value, 'new person', 'new people');

/** What a signal says, in words for the person it is about. */
const SENTENCES: Readonly<Record<SignalName, (value: number) => string>> = {
  N1: (value) => `You wrote to ${people(value)} within a minute.`,
  N10: (value) => `You wrote to ${people(value)} within ten minutes.`,
  N60: (value) => `You wrote to ${people(value)} within an hour.`,
  N24: (value) => `You wrote to ${people(value)} within a day.`,
  N7: (value) => `You wrote to ${people(value)} within a week.`,
  RR: (value) =>
    value > 0 ? 'Few of the people you wrote to first have answered.' : 'The people you wrote to first have answered.',
  NRU: (value) => `You sent ${count(value, 'message', 'messages')} to people who never answered.`,
  SEQ: (value) => `Of the numbers you wrote to lately, ${percent(value)} are close to each other.`,
  CVW: () => 'Your messages follow each other at even intervals.',
  AGE: (value) =>
    value < 1 ? 'Your account is less than a day old.' : `Your account is ${count(value, 'day', 'days')} old.`,
  REP: (value) => `${count(value, 'person has', 'people have')} reported messages of yours.`,
  BLK: (value) => `${count(value, 'person has', 'people have')} blocked you within a week.`,
  RECIP: (value) => `Of the people you wrote to first, ${percent(value)} answered.`,
  CTRY: (value) => `You wrote to new people in ${count(value, 'country', 'countries')} within a day.`,
  NEWC: (value) => `Of these countries, ${percent(value)} never answered anybody here.`,
  DLR: (value) => `Of your messages, ${percent(value)} went to numbers that do not exist or cannot be reached.`,
  EST: (value) => `You have ${count(value, 'conversation', 'conversations')} in which both of you wrote.`,
  CLU: (value) =>
    `${count(value, 'account', 'accounts')} that registered the way yours did ${value === 1 ? 'was' : 'were'} suspended.`,
};

export const sentenceOf = (signal: SignalName, value: number): string => SENTENCES[signal](value);

const CONSEQUENCES: Readonly<Record<Level, string>> = {
  0: 'Nothing is limited.',
  1: 'You can write to one new person every 30 seconds.',
  2: 'Messages to people you have not talked with wait for now.',
  3: 'You cannot write to new people for a day.',
  4: 'You cannot write to new people, nor to telephones.',
};

/** A decision as a person reads it: what counted, what follows, what does not, and what can be done. */
export function decisionSentence(input: {
  readonly level: Level;
  readonly action: Action;
  readonly sentences: readonly string[];
  readonly isBlind: boolean;
}): string {
  const { level, sentences, isBlind } = input;
  if (isBlind)
    return 'We cannot check messages to new people at the moment; please try again shortly. Your conversations go on.';
  if (level === 0) return CONSEQUENCES[0];
  return [
    ...sentences,
    CONSEQUENCES[level],
    level === 4 ? 'Your conversations on this network go on.' : 'Your conversations go on as before.',
    'If this is wrong, you can appeal.',
  ].join(' ');
}
