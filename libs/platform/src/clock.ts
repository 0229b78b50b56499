/** The time, injected everywhere so that a test can move it. Nothing else reads the system's clock. */
export interface Clock {
  now(): Date;
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

/** The clock of a running process. */
export const SYSTEM_CLOCK: Clock = {
  now: () => new Date(),
  nowMs: () => Date.now(),
};

/** A clock that stands still until it is moved, for tests and replays. Moving it fires no timers. */
export class ManualClock implements Clock {
  #nowMs: number;

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  advanceMs(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  advanceSeconds(durationSeconds: number): void {
    this.advanceMs(durationSeconds * 1000);
  }

  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }
}
