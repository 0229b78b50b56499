import { REPORT_DAYS } from '@causeway/abuse-control';
import type { ProcessContext } from '@causeway/process-context';

const DAY_MS = 86_400_000;

/** Destroys the keys of reports and of the guard whose time is over, and then the digests that nobody can use any more. */
export async function forgetReports({ reportKeys, guardKeys, stores, clock }: ProcessContext): Promise<void> {
  await reportKeys.turn();
  await guardKeys.turn(clock.nowMs());
  await stores.reports.forgetBefore(Math.floor(clock.nowMs() / DAY_MS) - REPORT_DAYS.keptPeriods);
}
