import { describe, expect, it } from '@jest/globals';
import { mintTransitId } from '@causeway/message-model';
import type { DeliverOutcome, NotDelivered } from '@causeway/network-adapter';
import { provesAbsence, toRecord, type Moment } from './outcome-to-record.js';

const key = { ref: mintTransitId('m', 0), attempt: 1 };
const NOW_MS = 1_000_000;
const DEADLINE_MS = NOW_MS + 60_000;
const fallback = { from: 'rcs', expiresAtMs: NOW_MS + 20_000 };
const at = (changes: Partial<Moment> = {}): Moment => ({
  nowMs: NOW_MS,
  deadlineMs: DEADLINE_MS,
  fallback,
  ...changes,
});
const not = (changes: Partial<NotDelivered>): NotDelivered => ({
  kind: 'failed',
  reason: 'network-unavailable',
  retry: 'never',
  certainty: 'not-sent',
  ...changes,
});
const taken = (encryption?: 'end-to-end' | 'none'): DeliverOutcome => ({
  kind: 'accepted',
  externalId: 'x',
  ...(encryption ? { encryption } : {}),
});

type ToRecord = typeof toRecord;
/** In short: outcome, state, `held`, where it falls back from. */
function inShort(record: ReturnType<ToRecord>): string {
  const { outcome, state, isHeld, fallsBack, leavesLane } = record;
  return [outcome, state ?? '-', isHeld ? 'held' : '', fallsBack ? 'falls back' : '', leavesLane ? 'leaves' : 'stays']
    .filter((word) => word !== '')
    .join(' ');
}

type Rule = readonly [name: string, expected: string, outcome: DeliverOutcome, moment: Moment];

/** PROTOCOL 8 and 9, one row for each guard. */
const RULES: readonly Rule[] = [
  ['holds what another network may follow', 'accepted sending held stays', taken('none'), at()],
  ['holds nothing that is encrypted', 'accepted sent leaves', taken('end-to-end'), at()],
  ['holds nothing without a fallback', 'accepted sent leaves', taken(), at({ fallback: undefined })],
  [
    'never falls back while it may have been sent',
    'unknown - stays',
    not({ reason: 'recipient-unreachable', certainty: 'maybe-sent', retry: 'later' }),
    at(),
  ],
  [
    'falls back at once where the person cannot be reached',
    'not-sent ready falls back stays',
    not({ reason: 'recipient-unreachable' }),
    at(),
  ],
  [
    'does not fall back from a person who said STOP',
    'failed failed leaves',
    not({ reason: 'recipient-opted-out' }),
    at(),
  ],
  [
    'does not fall back from what cannot be encrypted',
    'failed failed leaves',
    not({ reason: 'encryption-unavailable' }),
    at(),
  ],
  [
    'does not fall back without a network to fall to',
    'failed failed leaves',
    not({ reason: 'recipient-unreachable' }),
    at({ fallback: undefined }),
  ],
  ['tries again while there is patience', 'not-sent ready stays', not({ retry: 'later' }), at()],
  [
    'falls back when patience is over',
    'not-sent ready falls back stays',
    not({ retry: 'later' }),
    at({ nowMs: fallback.expiresAtMs }),
  ],
  ['ends what is past its time', 'not-sent expired leaves', not({ reason: 'expired' }), at()],
];

const brokenRules = (make: ToRecord): readonly string[] =>
  RULES.filter(([, expected, outcome, moment]) => inShort(make(key, outcome, moment)) !== expected).map(
    ([name]) => name,
  );

const without = (moment: Moment): Moment => ({ ...moment, fallback: undefined });
/** The rule with one guard taken out. */
const PLANTED: readonly [guard: string, make: ToRecord][] = [
  [
    'encryption holds nothing back',
    (of, outcome, moment) => toRecord(of, outcome.kind === 'accepted' ? taken('none') : outcome, moment),
  ],
  [
    'certainty before anything follows',
    (of, outcome, moment) =>
      toRecord(of, outcome.kind === 'failed' ? { ...outcome, certainty: 'not-sent' } : outcome, moment),
  ],
  [
    'which refusals another network may mend',
    (of, outcome, moment) =>
      toRecord(
        of,
        outcome.kind === 'failed' && outcome.reason !== 'expired'
          ? { ...outcome, reason: 'recipient-unreachable' }
          : outcome,
        moment,
      ),
  ],
  ['patience', (of, outcome, moment) => toRecord(of, outcome, { ...moment, nowMs: fallback.expiresAtMs })],
  ['the end of patience', (of, outcome, moment) => toRecord(of, outcome, { ...moment, nowMs: NOW_MS })],
  ['holding', (of, outcome, moment) => toRecord(of, outcome, outcome.kind === 'accepted' ? without(moment) : moment)],
  ['falling back', (of, outcome, moment) => toRecord(of, outcome, without(moment))],
];

describe('what the answer of a network makes of an attempt', () => {
  it.each(RULES)('%s: %s', (_name, expected, outcome, moment) => {
    expect(inShort(toRecord(key, outcome, moment))).toBe(expected);
  });

  it.each(PLANTED)('is found wrong without a guard: %s', (_guard, make) => {
    expect(brokenRules(toRecord)).toEqual([]);
    expect(brokenRules(make)).not.toEqual([]);
  });

  it('tries again within the deadline, later each time', () => {
    const retryAt = (attempt: number, deadlineMs = Infinity): number =>
      (toRecord(
        { ...key, attempt },
        not({ retry: 'later' }),
        at({ deadlineMs, fallback: undefined }),
      ).retryAt?.getTime() ?? 0) - NOW_MS;
    expect([1, 2, 3, 20].map((attempt) => retryAt(attempt, NOW_MS + 10 * 300_000))).toEqual([
      2_000, 4_000, 8_000, 300_000,
    ]);
    expect(retryAt(20, NOW_MS + 1_000)).toBe(1_000);
  });

  it('is proof of absence only from a network that looked at the message', () => {
    expect(provesAbsence(not({ reason: 'recipient-unreachable', vendorCode: '404' }))).toBe(true);
    expect(provesAbsence(not({ reason: 'recipient-unreachable' }))).toBe(false);
    expect(provesAbsence(not({ reason: 'network-unavailable', vendorCode: '503' }))).toBe(false);
    expect(provesAbsence(not({ reason: 'recipient-unreachable', vendorCode: '404', certainty: 'maybe-sent' }))).toBe(
      false,
    );
  });
});
