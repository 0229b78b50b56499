import { describe, expect, it } from '@jest/globals';
import { NEW_CONTACT_WINDOWS_MS, PSEUDONYM_WEEKS, REPORT_DAYS, WEEK_MS } from '@causeway/abuse-control';
import { TRACK_RULES } from '@causeway/edge-keys';
import { lifetimeOf, POLICIES } from '@causeway/message-model';
import { loadConfig } from '@causeway/platform';
import { DAY_DEADLINE_SECONDS, LONGEST_CONVERSATION_SECONDS } from '@causeway/signal-protocol';
import { METADATA_STEPS_HOURS } from './policy-book.js';

const DAY_SECONDS = 86_400;

/** Libs that may not know the table, because they run elsewhere or may see little, have lifetimes of their own: they are these. */
describe('lifetimes that are not read from the table', () => {
  it('of report tokens: the day of a key and the days it stays', () => {
    expect((REPORT_DAYS.keptPeriods + 1) * REPORT_DAYS.daysPerPeriod).toBe(lifetimeOf('report-keys').days);
  });

  it('of the spam guard: no window is longer, and names last as long', () => {
    expect(Math.max(...NEW_CONTACT_WINDOWS_MS)).toBe(lifetimeOf('abuse-windows').ms);
    expect((2 * WEEK_MS) / 1000).toBe(lifetimeOf('abuse-windows').ms / 1000);
    expect((PSEUDONYM_WEEKS.keptPeriods + 1) * PSEUDONYM_WEEKS.daysPerPeriod).toBe(lifetimeOf('abuse-windows').days);
  });

  it('of clear legs: the longest deadline, and a key that outlives it by no more than the hours of its making', () => {
    const { maxSeconds } = POLICIES['clear-envelope'];
    expect([DAY_DEADLINE_SECONDS, TRACK_RULES.day.maxDeadlineSeconds]).toEqual([maxSeconds, maxSeconds]);
    expect(TRACK_RULES.day.destroySeconds - maxSeconds).toBe(2 * 3_600);
  });

  it('of permissions: a revocation is known for longer than any of them can be used', () => {
    expect(lifetimeOf('revoked-permissions').ms / 1000).toBeGreaterThan(LONGEST_CONVERSATION_SECONDS);
  });

  it('of metadata: its steps lie within the bounds, and the default is one of them', () => {
    const { minSeconds, maxSeconds } = POLICIES.metadata;
    expect([METADATA_STEPS_HOURS[0], METADATA_STEPS_HOURS.at(-1)]).toEqual([minSeconds / 3_600, maxSeconds / 3_600]);
    expect(METADATA_STEPS_HOURS).toContain(lifetimeOf('metadata').hours);
  });

  it('of tombstones and ended holds: as long as a backup may be restored', () => {
    expect(loadConfig({}).backupDays).toBe(lifetimeOf('ended-holds').ms / 1000 / DAY_SECONDS);
  });
});
