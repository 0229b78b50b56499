import type { NotDelivered } from '@causeway/network-adapter';
import type { Clock } from '@causeway/platform';

/** Segments that may leave at once after a pause; Twilio queues them itself, which costs no one a place. */
const BURST_SECONDS = 10;

/** Toll-free numbers of the North American plan. */
const TOLL_FREE = /^\+1(800|833|844|855|866|877|888)\d{7}$/;

/**
 * Segments a second Twilio takes from a number unless it was raised by contract: toll-free 3, short codes 100, all others 1
 * (twilio.com/docs/messaging, "Understanding Twilio rate limits and message queues").
 */
export function usualSegmentsPerSecond(bridgeNumber: string): number {
  if (TOLL_FREE.test(bridgeNumber)) return 3;
  return bridgeNumber.length <= 7 ? 100 : 1;
}

/**
 * Keeps each bridge number within its rate. What does not fit is answered at once and without a call, so that it waits in our
 * lane, where a STOP still acts on it, and not for hours in Twilio's queue. Per process: several edges share a number's rate
 * by their share of it.
 */
export class SenderPace {
  /** By bridge number: when the last message was let through, and when all that was let through has left. */
  private readonly last = new Map<string, { readonly admittedAtMs: number; readonly doneAtMs: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly segmentsPerSecond: ((bridgeNumber: string) => number) | undefined,
  ) {}

  /** Takes room for a message of so many segments, or says how long until there is room. */
  admit(bridgeNumber: string, segments: number): NotDelivered | undefined {
    const rate = (this.segmentsPerSecond ?? usualSegmentsPerSecond)(bridgeNumber);
    const nowMs = this.clock.nowMs();
    const last = this.last.get(bridgeNumber);
    // a clock that was set back would hold a number for as long as it was set back
    const doneAtMs = last && last.admittedAtMs <= nowMs ? Math.max(last.doneAtMs, nowMs) : nowMs;
    const aheadMs = doneAtMs - nowMs;
    // a message larger than the burst itself still goes, when nothing is ahead of it
    const needMs = (segments / rate) * 1_000;
    const waitMs = Math.min(aheadMs, aheadMs + needMs - BURST_SECONDS * 1_000);
    if (waitMs > 0) {
      const retryAfterMs = Math.ceil(waitMs);
      return { kind: 'failed', reason: 'congested', retry: 'later', certainty: 'not-sent', retryAfterMs };
    }
    this.last.set(bridgeNumber, { admittedAtMs: nowMs, doneAtMs: doneAtMs + needMs });
    return undefined;
  }
}
