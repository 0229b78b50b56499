import { readFileSync } from 'node:fs';
import { SYSTEM_CLOCK, type Clock } from './clock.js';

/** The file is looked at this often, milliseconds. */
const LOOK_EVERY_MS = 100;

/**
 * The system's clock, ahead by the milliseconds in a file, which may change while processes run: so that a test can move the clock of a whole
 * installation past every lifetime. No file, or one that is not a number, is no lead.
 */
export class FileClock implements Clock {
  private lead = { milliseconds: 0, lookAgainAtMs: 0 };

  constructor(private readonly path: string) {}

  now(): Date {
    return new Date(this.nowMs());
  }

  nowMs(): number {
    const realMs = SYSTEM_CLOCK.nowMs();
    if (realMs >= this.lead.lookAgainAtMs)
      this.lead = { milliseconds: leadIn(this.path), lookAgainAtMs: realMs + LOOK_EVERY_MS };
    return realMs + this.lead.milliseconds;
  }
}

function leadIn(path: string): number {
  try {
    const milliseconds = Number(readFileSync(path, 'utf8'));
    return Number.isFinite(milliseconds) ? milliseconds : 0;
  } catch (error) {
    if (error instanceof Object && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
