import { createHmac, randomBytes } from 'node:crypto';
import type { RecipientStanding } from '@causeway/network-adapter';
import type { Clock, Plaintext } from '@causeway/platform';

type Reachable = Extract<RecipientStanding, { readonly kind: 'reachable' }>;

const MOST_ENTRIES = 10_000;

/**
 * What the network said of phones, for as long as it said that it holds. Only that a phone can be reached is kept: that one cannot may
 * change at once, and is answered quickly. Kept under keyed digests; numbers are not.
 */
export class RecipientCache {
  readonly #key = randomBytes(32);
  readonly #entries = new Map<string, { readonly standing: Reachable; readonly untilMs: number }>();

  constructor(private readonly clock: Clock) {}

  find(from: string, to: Plaintext): Reachable | undefined {
    const entry = this.#entries.get(this.digestOf(from, to));
    return entry && entry.untilMs > this.clock.nowMs() ? entry.standing : undefined;
  }

  keep(from: string, to: Plaintext, entry: { readonly standing: Reachable; readonly maxAgeMs: number }): void {
    const digest = this.digestOf(from, to);
    this.#entries.delete(digest);
    if (entry.maxAgeMs <= 0) return;
    const [oldest] = this.#entries.size >= MOST_ENTRIES ? this.#entries.keys() : [];
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(digest, { standing: entry.standing, untilMs: this.clock.nowMs() + entry.maxAgeMs });
  }

  forget(from: string, to: Plaintext): void {
    this.#entries.delete(this.digestOf(from, to));
  }

  private digestOf(from: string, to: Plaintext): string {
    return createHmac('sha256', this.#key).update(`${from} ${to.reveal()}`).digest('base64');
  }
}
