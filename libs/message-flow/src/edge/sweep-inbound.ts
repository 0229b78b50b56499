import { lifetimeOf } from '@causeway/message-model';
import { canForget, canListReceived, type ClearAdapter, type InboundEvent } from '@causeway/network-adapter';
import type { AcceptInbound, InboundResult } from './accept-inbound.js';
import type { EdgeContext } from './edge-context.js';

/** A sweep reaches back this much further than the last one: a carrier's list lags. */
const OVERLAP_MS = 10 * 60_000;
/** After a start: what came while the edge was away. Also the furthest a sweep reaches, however long one message fails. */
const LONGEST_MS = lifetimeOf('undelivered-envelope').ms;

/** Results after which the network's copy has nothing left to give. One that no device could take may still be taken later. */
const IS_SETTLED = {
  accepted: true,
  repeated: true,
  recorded: true,
  'no-conversation': true,
  'consent-changed': true,
  'not-carried': true,
  withheld: true,
  'not-ours': true,
  loop: true,
  'number-recycled': true,
  'no-devices': false,
  'purge-behind': false,
} as const satisfies Record<InboundResult, boolean>;

/**
 * What bridge numbers received according to the network, for webhooks that never came: a carrier does not repeat one that failed. Known
 * messages change nothing, and one that cannot be taken keeps no other back. What is taken is deleted at the network. Until that worked the
 * sweep comes back to it, so that the network's list is the only place where it is remembered.
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
        const isTaken = listed.kind === 'messages' && (await this.takeAll(adapter, listed.messages));
        isComplete &&= isTaken;
      }
    }
    if (isComplete) this.sweptToMs = startedMs;
  }

  private async takeAll(adapter: ClearAdapter, events: readonly InboundEvent[]): Promise<boolean> {
    let isComplete = true;
    for (const externalId of new Set(events.map((event) => event.externalId))) {
      try {
        const results = await this.accept.execute(
          adapter.network,
          events.filter((event) => event.externalId === externalId),
        );
        const isDone = results.every((result) => IS_SETTLED[result]) && (await this.forget(adapter, externalId));
        isComplete &&= isDone;
      } catch (thrown) {
        isComplete = false;
        this.edge.events.bugCaught({ component: 'sweep-inbound', thrown });
      }
    }
    return isComplete;
  }

  /** Only once what it said is committed. False when it must be tried again. */
  private async forget(adapter: ClearAdapter, externalId: string): Promise<boolean> {
    return !canForget(adapter) || (await adapter.forget(externalId)).kind === 'forgotten';
  }
}
