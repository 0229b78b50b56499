import { purgeHourOf, type TransitId } from '@causeway/message-model';
import type { DeviceRef } from './account.store.js';
import type { AttemptWord, Begun, Moved, NewAttempt, Recorded } from './attempt-words.js';

export type MovedRow = DeviceRef & Omit<Moved, 'sender'>;
/** Without a lane, nothing moved. */
export type RecordedRow = { readonly ref: TransitId; readonly isAnothers: boolean } & (
  MovedRow | { readonly lane: null }
);

export const movedOf = ({ tenant, account, device, ...lane }: MovedRow): Moved => ({
  sender: { tenant, account, device },
  lane: lane.lane,
  hasLeftLane: lane.hasLeftLane,
  isLaneEmpty: lane.isLaneEmpty,
});

export function begunOf(row: {
  readonly isOurs: boolean;
  readonly isRevoked: boolean;
  readonly isBegun: boolean;
}): Begun {
  if (row.isBegun) return 'begun';
  if (row.isRevoked) return 'statement-revoked';
  return row.isOurs ? 'taken' : 'statement-used';
}

export function recordedOf(row: RecordedRow | undefined): Recorded {
  if (row?.isAnothers) return { kind: 'anothers' };
  return !row || row.lane === null ? { kind: 'known' } : { kind: 'moved', moved: movedOf(row) };
}

export const namesOfNew = ({ ref, statement }: NewAttempt): readonly string[] => [
  ref,
  `${statement.tenant}!${statement.use}`,
];
export const namesOfWord = ({ ref, claim }: AttemptWord): readonly string[] =>
  claim ? [ref, base64(claim.digest)] : [ref];

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const wordJson = ({ sealedExternalId, fallsBack, claim, ...word }: AttemptWord) => ({
  ...word,
  hour: purgeHourOf(word.ref),
  isHeld: word.isHeld ?? false,
  externalId: sealedExternalId && base64(sealedExternalId),
  fallsBackFrom: fallsBack?.from,
  fallsBackUntil: fallsBack?.until,
  bound: claim && base64(claim.digest),
  owner: claim?.owner,
  boundHour: claim?.purgeHour,
  mustOwn: claim?.isDecisive ?? false,
});

export const newJson = ({ statement, ...attempt }: NewAttempt) => ({
  ...attempt,
  hour: purgeHourOf(attempt.ref),
  tenant: statement.tenant,
  statement: statement.id,
  use: statement.use,
});
