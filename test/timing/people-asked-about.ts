import type { BenchDevice } from '../bench/site/seed-accounts.js';
import type { Kind } from './question.js';
import { addressOf, addressOfNobody, type TimingField } from './timing-field.js';

/** A day's limit is 2,000 askers for one address: several share them. */
const PEOPLE_EACH = 8;
/** Five people and forty questions are what an ordinary person asks: the guard has nothing to say. */
const ROUNDS_OF_ASKER = 8;

/** Askers, and for each of them somebody who says nothing, somebody who refused them, somebody who blocked them, and nobody. */
export interface PeopleAskedAbout {
  readonly askers: readonly BenchDevice[];
  asker(round: number): BenchDevice;
  address(kind: Kind, round: number): string;
}

export async function peopleAskedAbout(field: TimingField, rounds: number): Promise<PeopleAskedAbout> {
  const askers = await field.people(Math.ceil(rounds / ROUNDS_OF_ASKER));
  const [existing, refusing, blocking] = [
    await field.people(PEOPLE_EACH),
    await field.people(PEOPLE_EACH),
    await field.people(PEOPLE_EACH),
  ];
  const numberOf = (round: number): number => Math.floor(round / ROUNDS_OF_ASKER);
  const oneOf = <T>(all: readonly T[], index: number): T => present(all[index % all.length]);
  const pairs = (people: readonly BenchDevice[]) =>
    askers.map((asker, index) => ({ asker, person: oneOf(people, index) }));
  const asking = pairs(refusing).map(({ asker, person }) => ({ actor: asker.account, peer: addressOf(person) }));
  await field.decide(asking, 'request');
  const decided = [...pairs(refusing), ...pairs(blocking)];
  await field.decide(
    decided.map(({ asker, person }) => ({ actor: person.account, peer: addressOf(asker) })),
    'revoke',
  );
  const asked: Readonly<Record<Kind, readonly string[]>> = {
    existing: existing.map(addressOf),
    refusing: refusing.map(addressOf),
    blocking: blocking.map(addressOf),
    unknown: Array.from({ length: PEOPLE_EACH }, addressOfNobody),
  };
  return {
    askers,
    asker: (round) => oneOf(askers, numberOf(round)),
    address: (kind, round) => oneOf(asked[kind], numberOf(round)),
  };
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nobody was made for this');
  return value;
}
