import type { GuardEvent } from './guard-event.js';

/** What a limit does while the guard's store does not answer. `open`: as if nothing were known against anyone. `closed`: wait. */
export type WhenBlind = 'open' | 'closed';

export interface LimitRow {
  readonly limit: string;
  readonly applies: (event: GuardEvent) => boolean;
  readonly whenBlind: WhenBlind;
  readonly because: string;
}

const isSend = ({ kind }: GuardEvent): boolean => kind === 'request' || kind === 'message';

/** Every limit of the guard, the first that applies holds. */
export const LIMITS: readonly LimitRow[] = [
  {
    limit: 'what is not sending',
    applies: (event) => !isSend(event),
    whenBlind: 'open',
    because: 'An answer, a block or a report is never refused.',
  },
  {
    limit: 'established conversations',
    applies: (event) => event.isEstablished,
    whenBlind: 'open',
    because: 'A conversation in which both wrote is never cut, least of all by a fault of ours.',
  },
  {
    limit: 'new people',
    applies: () => true,
    whenBlind: 'closed',
    because:
      'Whoever can make the store fail could otherwise write to anyone; waiting a little costs an honest person little.',
  },
];

export const limitOf = (event: GuardEvent): LimitRow | undefined => LIMITS.find((row) => row.applies(event));
