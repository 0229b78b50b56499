import { Injectable } from '@nestjs/common';

/** Timers that all end with the simulator. */
@Injectable()
export class Timers {
  private readonly pending = new Set<NodeJS.Timeout>();

  after(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.pending.delete(timer);
      act();
    }, delayMs);
    this.pending.add(timer);
  }

  close(): void {
    for (const timer of this.pending) clearTimeout(timer);
    this.pending.clear();
  }
}
