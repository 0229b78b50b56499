/** A round may be so much later than it was meant, as a part of the time between two. */
const PATIENCE = 0.1;

/**
 * Rounds of pings. After one that comes late the process stood still, and answers to the last pings may lie unread in its sockets: nobody is
 * taken for gone in it, or all devices would lose their sockets at once and come back at once.
 */
export class PingRounds {
  private lastMs: number;

  constructor(
    readonly everyMs: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.lastMs = nowMs();
  }

  /** Begins a round. True when who did not answer since the last one is gone. */
  next(): boolean {
    const sinceMs = this.nowMs() - this.lastMs;
    this.lastMs += sinceMs;
    return sinceMs < this.everyMs * (1 + PATIENCE);
  }
}
