import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { canListReceived } from '@causeway/network-adapter';
import { every, type ProcessContext, type Repeating } from '@causeway/process-context';
import type { Edge } from './open-edge.js';

/** Lanes drained at a time; each waits for a carrier most of its life. */
const CONCURRENCY = 16;
/** Open attempts looked at in one go, and how long each look may take before another edge may look too, milliseconds. */
const LOOKS = 50;
const LOOK_LEASE_MS = 15_000;
const LOOK_INTERVAL_MS = 1_000;
const KEY_INTERVAL_MS = 15_000;
/** A sweep reaches back this much further than the last one: a carrier's list lags. */
const SWEEP_OVERLAP_MS = 10 * 60_000;
/** After a start: what came while the edge was away. */
const FIRST_SWEEP_MS = 24 * 3_600_000;

/** What an edge does while it lives, beside answering: lanes, open attempts, keys, and messages whose webhook never came. */
export class EdgeDuties implements OnApplicationBootstrap, OnApplicationShutdown {
  private repeating: readonly Repeating[] = [];
  private sweptToMs: number;

  constructor(
    private readonly process: ProcessContext,
    private readonly edge: Edge,
  ) {
    this.sweptToMs = process.clock.nowMs() - FIRST_SWEEP_MS;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { queue, events, config } = this.process;
    await queue.lanes.drain('clear', (lane) => this.edge.dispatch.execute(lane), {
      concurrency: CONCURRENCY,
      onError: (thrown, laneId) => events.laneDrainFailed({ track: 'clear', laneId, thrown }),
    });
    this.repeating = [
      every(LOOK_INTERVAL_MS, { name: 'open-attempts', run: () => this.lookAtOpenAttempts() }, events),
      every(KEY_INTERVAL_MS, { name: 'edge-keys', run: () => this.turnKeys() }, events),
      every(config.inboundSweepSeconds * 1000, { name: 'inbound-sweep', run: () => this.sweepInbound() }, events),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.repeating.map((task) => task.stop()));
  }

  private async lookAtOpenAttempts(): Promise<void> {
    const { attempts, clock, events } = this.edge.context;
    const postponedTo = new Date(clock.nowMs() + LOOK_LEASE_MS);
    const due = await attempts.takeOpen(clock.now(), { postponedTo, limit: LOOKS });
    for (const key of due) {
      try {
        await this.edge.reconcile.execute(key);
      } catch (thrown) {
        events.bugCaught({ component: 'reconcile-attempt', thrown });
      }
    }
  }

  private async turnKeys(): Promise<void> {
    const { keys, ledger, clock, events } = this.edge.context;
    const { destroyed } = await keys.tick();
    for (const keyId of destroyed) events.edgeKeyDestroyed({ track: keyId.split('-')[0] ?? 'leg', keyId });
    await ledger.forgetPast(Math.floor(clock.nowMs() / 1000));
  }

  /** A carrier does not repeat a webhook that failed: what it lists as received is taken again, and known messages change nothing. */
  private async sweepInbound(): Promise<void> {
    const { adapters, bridgeNumbers, clock } = this.edge.context;
    const startedMs = clock.nowMs();
    let isComplete = true;
    for (const adapter of adapters.values()) {
      if (!canListReceived(adapter)) continue;
      for (const bridgeNumber of bridgeNumbers.values()) {
        const listed = await adapter.listReceived(bridgeNumber, this.sweptToMs - SWEEP_OVERLAP_MS);
        if (listed.kind === 'unavailable') isComplete = false;
        else for (const message of listed.messages) await this.edge.acceptInbound.execute(adapter.network, message);
      }
    }
    if (isComplete) this.sweptToMs = startedMs;
  }
}
