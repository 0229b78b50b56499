import { setTimeout as pause } from 'node:timers/promises';
import { CausewayError, type LaneId } from '@causeway/message-model';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { every, type ProcessContext, type Repeating } from '@causeway/process-context';
import type { AttemptKey } from '@causeway/storage';
import { KeeperDuties } from './keeper-duties.js';
import type { Edge } from './open-edge.js';

/** Lanes drained at a time; each waits for a carrier most of its life. */
const CONCURRENCY = 16;
/** Open attempts looked at in one go, and how long each look may take before another edge may look too, milliseconds. */
const LOOKS = 20;
const LOOK_LEASE_MS = 15_000;
const LOOK_INTERVAL_MS = 1_000;
/** After a start: when to look at attempts that wait for a receipt, once webhooks can be taken again. */
const FIRST_LOOK_MS = 2_000;
/** How often, and how long apart in milliseconds, a lane is tried again at once while nobody keeps the ledger; afterwards the sweep wakes it. */
const KEEPER_TRIES = 40;
const KEEPER_PAUSE_MS = 250;

/** What every edge does while it lives, beside answering: lanes and open attempts. What only one of them may do is in `KeeperDuties`. */
export class EdgeDuties implements OnApplicationBootstrap, OnApplicationShutdown {
  private repeating: readonly Repeating[] = [];

  constructor(
    private readonly process: ProcessContext,
    private readonly edge: Edge,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { queue, events } = this.process;
    await queue.lanes.drain('clear', (lane) => this.drain(lane), {
      concurrency: CONCURRENCY,
      onError: (thrown, laneId) => events.laneDrainFailed({ track: 'clear', laneId, thrown }),
    });
    await this.lookAtReceiptsMissed();
    this.repeating = [every(LOOK_INTERVAL_MS, { name: 'open-attempts', run: () => this.lookAtOpenAttempts() }, events)];
    this.edge.whileKeeping.whenReady((keeping) => new KeeperDuties(this.process, this.edge, keeping));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.repeating.map((task) => task.stop()));
    await this.edge.whileKeeping.stop();
  }

  /** Between two keepers, a second or so, the lane waits here. What was refused then was refused before any carrier was called. */
  private async drain(lane: LaneId): Promise<void> {
    for (let tries = 1; tries <= KEEPER_TRIES; tries += 1) {
      try {
        return await this.edge.dispatch.execute(lane);
      } catch (thrown) {
        if (!(thrown instanceof CausewayError) || thrown.code !== 'unavailable') throw thrown;
        this.process.events.edgeKeeperMissed();
        await pause(KEEPER_PAUSE_MS);
      }
    }
  }

  private async lookAtOpenAttempts(): Promise<void> {
    const { attempts, clock } = this.edge.context;
    const postponedTo = new Date(clock.nowMs() + LOOK_LEASE_MS);
    const due = await attempts.takeOpen(clock.now(), { postponedTo, limit: LOOKS });
    // at once: each waits for the carrier, and all must be done within the lease
    await Promise.all(due.map((key) => this.lookAt(key)));
  }

  private async lookAt(key: AttemptKey): Promise<void> {
    try {
      await this.edge.reconcile.execute(key);
    } catch (thrown) {
      this.edge.context.events.bugCaught({ component: 'reconcile-attempt', thrown });
    }
  }

  /** A carrier does not repeat a receipt that nobody took: what waits for one is asked about after every start, not in its own time. */
  private async lookAtReceiptsMissed(): Promise<void> {
    const { attempts, clock } = this.edge.context;
    const nowMs = clock.nowMs();
    await attempts.hasten({ laterThan: new Date(nowMs + LOOK_LEASE_MS), to: new Date(nowMs + FIRST_LOOK_MS) });
  }
}
