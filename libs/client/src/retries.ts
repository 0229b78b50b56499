import { backoffMs } from './backoff.js';

const RETRY = { firstMs: 1000, longestMs: 60_000 };
/** Between one address and the next when all go at once: a gateway that is just back is met by many devices. */
const APART_MS = 10;

interface Waiting {
  readonly timer: NodeJS.Timeout;
  readonly attempt: number;
  /** The gateway named the time. */
  readonly isAppointed: boolean;
}

/** Tries again, per address, what could not be submitted: later each time, and at once when the gateway is back. */
export class Retries {
  readonly #waiting = new Map<string, Waiting>();

  constructor(private readonly again: (address: string) => void) {}

  later(address: string, atLeastMs: number): void {
    const known = this.#waiting.get(address);
    const attempt = (known?.attempt ?? -1) + 1;
    clearTimeout(known?.timer);
    const timer = setTimeout(() => this.again(address), Math.max(atLeastMs, backoffMs(attempt, RETRY))).unref();
    this.#waiting.set(address, { timer, attempt, isAppointed: atLeastMs > 0 });
  }

  /** The gateway can be reached: nobody waits for a time of their own making. */
  hurry(): void {
    let afterMs = 0;
    for (const [address, { timer, attempt, isAppointed }] of this.#waiting) {
      if (isAppointed) continue;
      clearTimeout(timer);
      const sooner = setTimeout(() => this.again(address), afterMs).unref();
      this.#waiting.set(address, { timer: sooner, attempt, isAppointed });
      afterMs += APART_MS;
    }
  }

  /** It went: the next failure begins anew. */
  done(address: string): void {
    this.#waiting.delete(address);
  }

  close(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
  }
}
