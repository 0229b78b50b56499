import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProcess } from '../support/running-process.js';

const LOOK_MS = 25;
const RETRY_MS = 200;

/** Starts again whatever ended, at once, as the supervisor of an operator does. What ended without being told to is counted. */
export class Supervisor {
  /** Ends nobody asked for, by name of the process. */
  readonly unasked: string[] = [];
  private readonly heldDown = new Set<RunningProcess>();
  private readonly asked = new Set<RunningProcess>();
  private isStopping = false;
  private watching: Promise<void> = Promise.resolve();

  constructor(private readonly processes: Readonly<Record<string, RunningProcess>>) {}

  start(): void {
    this.watching = Promise.all(
      Object.entries(this.processes).map(([name, process]) => this.watch(name, process)),
    ).then(() => undefined);
  }

  /** `kill -9`; it starts again at once. */
  async kill(process: RunningProcess): Promise<void> {
    this.asked.add(process);
    await process.stop('SIGKILL');
  }

  /** `kill -9`, and it stays dead until `up`. */
  async down(process: RunningProcess): Promise<void> {
    this.heldDown.add(process);
    await this.kill(process);
  }

  up(process: RunningProcess): void {
    this.heldDown.delete(process);
  }

  /** SIGTERM, and a new one when it has gone. */
  async restart(process: RunningProcess): Promise<void> {
    this.asked.add(process);
    await process.stop('SIGTERM');
  }

  async close(): Promise<void> {
    this.isStopping = true;
    await this.watching;
  }

  private async watch(name: string, process: RunningProcess): Promise<void> {
    while (!this.isStopping) {
      if (!process.isRunning && !this.heldDown.has(process)) {
        if (!this.asked.delete(process)) this.unasked.push(name);
        await this.bringBack(process);
      }
      await pause(LOOK_MS);
    }
  }

  private async bringBack(process: RunningProcess): Promise<void> {
    while (!this.isStopping && !this.heldDown.has(process)) {
      const isUp = await process.start().then(
        () => true,
        // a store is away: it says so and ends, and a supervisor tries again
        () => false,
      );
      if (isUp || process.isRunning) return;
      await pause(RETRY_MS);
    }
  }
}
