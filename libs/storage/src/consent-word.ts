import type { TenantId } from '@causeway/message-model';
import type { SqlValue } from './database.js';
import { hexOf } from './opt-out.sql.js';

/** A phone number towards one bridge number, as digests under every version of their keys, the current one first. */
export interface ConsentingPerson {
  readonly tenant: TenantId;
  readonly bridgeNumberId: string;
  readonly optOutDigests: readonly Uint8Array[];
  readonly digestVersion: number;
  readonly bindingDigests: readonly Uint8Array[];
  readonly now: Date;
}

export interface ConsentWordInput {
  readonly person: ConsentingPerson;
  /** As the machine of consent has it after the word: nothing goes to this person any more, or again. */
  readonly isStopped: boolean;
  /** Of an opt-out: `all` for every sender. A second STOP to one sender is taken as that, and START after it takes all of it back. */
  readonly scope: 'pair' | 'all';
  /** False of what only follows from a word or a switch, as the network tells it: it is no second STOP. */
  readonly isByWord: boolean;
  readonly digest: Uint8Array;
  readonly digestPurgeHour: number;
}

export const personParameters = (person: ConsentingPerson): readonly SqlValue[] => [
  person.tenant,
  person.bridgeNumberId,
  hexOf(person.optOutDigests),
  hexOf(person.bindingDigests),
  person.now,
];
