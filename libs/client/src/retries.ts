import { backoffMs } from './backoff.js';

const RETRY = { firstMs: 1000, longestMs: 60_000 };

/** Tries again, per address, what could not be submitted: later each time. */
export class Retries {
  readonly #waiting = new Map<string, { readonly timer: NodeJS.Timeout; readonly attempt: number }>();

  constructor(private readonly again: (address: string) => void) {}

  later(address: string, atLeastMs: number): void {
    const known = this.#waiting.get(address);
    const attempt = (known?.attempt ?? -1) + 1;
    clearTimeout(known?.timer);
    const timer = setTimeout(() => this.again(address), Math.max(atLeastMs, backoffMs(attempt, RETRY))).unref();
    this.#waiting.set(address, { timer, attempt });
  }

  /** It went: the next failure begins anew. */
  done(address: string): void {
    this.#waiting.delete(address);
  }

  close(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
  }
}
