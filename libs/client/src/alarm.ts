/** A timer cannot be set for longer, and a clock may be set in between. */
const LONGEST_MS = 3_600_000;

/** Rings once at the earliest of the times it was set to. */
export class Alarm {
  #timer: NodeJS.Timeout | undefined;
  #ringsAtMs = Infinity;
  #ring: (() => void) | undefined;

  constructor(private readonly nowMs: () => number) {}

  /** What is to happen; times set earlier are kept until there is something. */
  onRing(ring: () => void): void {
    this.#ring = ring;
    this.#arm();
  }

  /** Unix milliseconds. */
  setFor(atMs: number): void {
    if (atMs >= this.#ringsAtMs) return;
    this.#ringsAtMs = atMs;
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#ring = undefined;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#ring || this.#ringsAtMs === Infinity) return;
    const waitMs = Math.min(Math.max(0, this.#ringsAtMs - this.nowMs()), LONGEST_MS);
    this.#timer = setTimeout(() => {
      if (this.nowMs() < this.#ringsAtMs) return this.#arm();
      this.#ringsAtMs = Infinity;
      this.#ring?.();
    }, waitMs).unref();
  }
}
