/** So long a store that has answered lately is waited for, milliseconds. */
const PATIENCE_MS = 1_000;
/** After it failed nobody waits for it at all for so long; then one asks, with less patience, whether it is back. */
const CLOSED_FOR_MS = 1_000;
const PROBE_MS = 250;

/** The store was not asked: it failed a moment ago. */
export class StoreAwayError extends Error {
  override readonly name = 'StoreAwayError';
}

/**
 * Bounds what a store that is down or slow can cost. The first to meet it waits out the patience, once; afterwards everybody is told at once
 * that it is away, but for one question a second that finds out when it is back. Nothing has to be done for that.
 */
export class StorePatience {
  private failedAtMs: number | undefined;
  private isProbing = false;

  constructor(
    private readonly patienceMs = PATIENCE_MS,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Rejects as `ask` does, when it is late, and with `StoreAwayError` for what is not asked. What is late may still take effect. */
  async run<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (this.failedAtMs === undefined) return this.noted(within(this.patienceMs, ask()));
    if (this.isProbing || this.nowMs() < this.failedAtMs + CLOSED_FOR_MS)
      throw new StoreAwayError('the store failed a moment ago');
    this.isProbing = true;
    try {
      return await this.noted(within(Math.min(PROBE_MS, this.patienceMs), ask()));
    } finally {
      this.isProbing = false;
    }
  }

  private async noted<Answer>(asked: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await asked;
      this.failedAtMs = undefined;
      return answer;
    } catch (thrown) {
      this.failedAtMs = this.nowMs();
      throw thrown;
    }
  }
}

async function within<Answer>(patienceMs: number, asked: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    // an answer that came while this process was busy is read first
    timer = setTimeout(() => setImmediate(() => reject(new Error('the guard store is late'))), patienceMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
