import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { every, type ProcessContext, type Repeating } from '@causeway/process-context';
import type { AttemptKey } from '@causeway/storage';
import type { Edge } from './open-edge.js';

/** Lanes drained at a time; each waits for a carrier most of its life. */
const CONCURRENCY = 16;
/** Open attempts looked at in one go, and how long each look may take before another edge may look too, milliseconds. */
const LOOKS = 20;
const LOOK_LEASE_MS = 15_000;
const LOOK_INTERVAL_MS = 1_000;
/** After a start: when to look at attempts that wait for a receipt, once webhooks can be taken again. */
const FIRST_LOOK_MS = 2_000;
const KEY_INTERVAL_MS = 15_000;
const RE_SEAL_INTERVAL_MS = 3_600_000;
/** What an edge does while it lives, beside answering: lanes, open attempts, keys, and messages whose webhook never came. */
export class EdgeDuties implements OnApplicationBootstrap, OnApplicationShutdown {
  private repeating: readonly Repeating[] = [];

  constructor(
    private readonly process: ProcessContext,
    private readonly edge: Edge,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { queue, events, config } = this.process;
    await queue.lanes.drain('clear', (lane) => this.edge.dispatch.execute(lane), {
      concurrency: CONCURRENCY,
      onError: (thrown, laneId) => events.laneDrainFailed({ track: 'clear', laneId, thrown }),
    });
    await this.lookAtReceiptsMissed();
    this.repeating = [
      every(LOOK_INTERVAL_MS, { name: 'open-attempts', run: () => this.lookAtOpenAttempts() }, events),
      every(KEY_INTERVAL_MS, { name: 'edge-keys', run: () => this.turnKeys() }, events),
      every(
        config.inboundSweepSeconds * 1000,
        { name: 'sweep-inbound', run: () => this.edge.sweepInbound.execute() },
        events,
      ),
      every(RE_SEAL_INTERVAL_MS, { name: 're-seal-numbers', run: () => this.reSealNumbers() }, events),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.repeating.map((task) => task.stop()));
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

  private async turnKeys(): Promise<void> {
    const { keys, ledger, clock } = this.edge.context;
    const { destroyed } = await keys.tick();
    this.tellDestroyed(destroyed);
    await ledger.forgetPast(Math.floor(clock.nowMs() / 1000));
  }

  private async reSealNumbers(): Promise<void> {
    this.tellDestroyed(await this.edge.reSealNumbers.execute());
  }

  private tellDestroyed(keyIds: readonly string[]): void {
    for (const keyId of keyIds)
      this.edge.context.events.edgeKeyDestroyed({ track: keyId.split('-')[0] ?? 'leg', keyId });
  }
}
