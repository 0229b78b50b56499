import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '@causeway/platform';

const HOUR_MS = 3_600_000;
/** Automatic answers to one pair of numbers in an hour. One says all there is to say; a second begins a conversation of machines. */
const ANSWERS_PER_HOUR = 1;
/** In a day: more than a person needs, and too few for a machine that answers to keep going. */
const ANSWERS_PER_DAY = 3;
const DAY_MS = 24 * HOUR_MS;
/** Pairs remembered at most; past it nobody is answered until some are forgotten, which no person notices. */
const MOST_PAIRS = 10_000;

/**
 * Says whether an automatic answer may go out. Two machines that answer each other would go on for ever at our expense, and
 * Twilio ends it with 14107 for everyone who uses the number. Keeps digests for a day, under a key of this process.
 */
export class AnswerGuard {
  private readonly key = randomBytes(32);
  private readonly answeredAtMs = new Map<string, readonly number[]>();

  constructor(
    private readonly clock: Clock,
    /** Our own numbers: what they write is another bridge of ours speaking. */
    private readonly ownNumbers: readonly string[],
  ) {}

  /** Counts the answer when it is allowed. */
  mayAnswer(bridgeNumber: string, person: string): boolean {
    if (this.ownNumbers.includes(person)) return false;
    const nowMs = this.clock.nowMs();
    this.forget(nowMs);
    const pair = createHash('sha256').update(this.key).update(`${bridgeNumber} ${person}`).digest('base64url');
    const recent = this.answeredAtMs.get(pair) ?? [];
    const lastHour = recent.filter((ms) => nowMs - ms < HOUR_MS).length;
    if (lastHour >= ANSWERS_PER_HOUR || recent.length >= ANSWERS_PER_DAY) return false;
    if (this.answeredAtMs.size >= MOST_PAIRS) return false;
    this.answeredAtMs.set(pair, [...recent, nowMs]);
    return true;
  }

  private forget(nowMs: number): void {
    for (const [pair, times] of this.answeredAtMs) {
      const recent = times.filter((ms) => nowMs - ms < DAY_MS);
      if (recent.length === 0) this.answeredAtMs.delete(pair);
      else if (recent.length < times.length) this.answeredAtMs.set(pair, recent);
    }
  }
}
