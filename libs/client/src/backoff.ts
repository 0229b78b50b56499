export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** How much longer each wait is than the one before; 2 unless said otherwise. */
  readonly growth?: number;
}

/** Exponential with jitter: many devices that lost one gateway do not come back in step. */
export function backoffMs(
  attempt: number,
  { firstMs, longestMs, growth = 2 }: Backoff,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(longestMs, firstMs * growth ** Math.min(attempt, 20));
  return Math.round(ceiling * (0.5 + random() / 2));
}

/** Resolves early, without an error, when the signal is aborted. */
export function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    signal?.addEventListener('abort', done);
  });
}
