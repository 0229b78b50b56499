import { canListReceived, type InboundEvent } from '@causeway/network-adapter';
import type { AcceptInbound } from './accept-inbound.js';
import type { EdgeContext } from './edge-context.js';

/** A sweep reaches back this much further than the last one: a carrier's list lags. */
const OVERLAP_MS = 10 * 60_000;
/** After a start: what came while the edge was away. Also the furthest a sweep reaches, however long one message fails. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * What bridge numbers received according to the network, for webhooks that never came: a carrier does not repeat one that failed. Known
 * messages change nothing, and one that cannot be taken keeps no other back.
 */
export class SweepInbound {
  private sweptToMs: number | undefined;

  constructor(
    private readonly edge: EdgeContext,
    private readonly accept: Pick<AcceptInbound, 'execute'>,
  ) {}

  async execute(): Promise<void> {
    const startedMs = this.edge.clock.nowMs();
    const sinceMs = Math.max((this.sweptToMs ?? 0) - OVERLAP_MS, startedMs - LONGEST_MS);
    let isComplete = true;
    for (const adapter of this.edge.adapters.values()) {
      if (!canListReceived(adapter)) continue;
      for (const bridgeNumber of this.edge.bridgeNumbers.values()) {
        const listed = await adapter.listReceived(bridgeNumber, sinceMs);
        const isTaken = listed.kind === 'messages' && (await this.takeAll(adapter.network, listed.messages));
        isComplete &&= isTaken;
      }
    }
    if (isComplete) this.sweptToMs = startedMs;
  }

  private async takeAll(
    network: string,
    events: readonly Extract<InboundEvent, { externalId: string }>[],
  ): Promise<boolean> {
    let isComplete = true;
    for (const externalId of new Set(events.map((event) => event.externalId))) {
      try {
        await this.accept.execute(
          network,
          events.filter((event) => event.externalId === externalId),
        );
      } catch (thrown) {
        isComplete = false;
        this.edge.events.bugCaught({ component: 'sweep-inbound', thrown });
      }
    }
    return isComplete;
  }
}
