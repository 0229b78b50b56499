import type { BenchDevice } from '../bench/site/seed-accounts.js';
import { LegKeys } from './leg-keys.js';
import { linkNumbers, numberAt } from './linked-numbers.js';
import { present } from './people-asked-about.js';
import { KINDS, type Kind, type Question } from './question.js';
import { addressOf, type TimingField } from './timing-field.js';

/** Each kind and the planted one; a day's limit is 50 new numbers for one account. */
const PLACES = KINDS.length + 1;
const ROUNDS_OF_ASKER = 50 / PLACES;

/**
 * New numbers, each asked about once: of people who linked theirs and may be found by nobody, or by people whose number they have, of those who
 * blocked the asker besides, and numbers that nobody linked.
 */
export const questionAboutNumbers = (field: TimingField): Question => ({
  name: 'number',
  prepare: async (rounds) => {
    const askers = await field.people(Math.ceil(rounds / ROUNDS_OF_ASKER));
    const asker = (round: number): BenchDevice => present(askers[Math.floor(round / ROUNDS_OF_ASKER)]);
    const number = (place: number, round: number): string => numberAt(place * rounds + round);
    const numbers = (kind: Kind): readonly string[] =>
      Array.from({ length: rounds }, (_, round) => number(KINDS.indexOf(kind), round));
    await linkNumbers(field, numbers('existing'), 'nobody');
    await linkNumbers(field, numbers('refusing'), 'contacts');
    const blockers = await linkNumbers(field, numbers('blocking'), 'nobody');
    const blocks = blockers.map(({ account }, round) => ({ actor: account, peer: addressOf(asker(round)) }));
    const byName = new Map(blocks.map((block) => [`${block.actor} ${block.peer}`, block]));
    await field.decide([...byName.values()], 'revoke');
    const legKeys = new LegKeys(field, present(askers[0]).token);
    return {
      ask: async (_, round, place) => legKeys.askAbout(number(place, round), asker(round)),
    };
  },
});
