import type { NativePlan } from '@causeway/api-contract';
import { cancelQuietly } from './cancel-quietly.js';
import { moveMessage, nativeConversation } from './compose.js';
import type { DeviceContext } from './device-context.js';
import { believeLinked } from './linked-account.js';
import type { Peers } from './peers.js';
import { RECORDS, type OutgoingRecord, type Peer } from './records.js';
import { told } from './told.js';
import { TrustError } from './trust-error.js';

/** Messages that go to another account of the person who granted, as that person's order and their own signatures have it. */
export class LedMessages {
  constructor(
    private readonly context: DeviceContext,
    private readonly peers: Peers,
    private readonly movedTo: (address: string) => void,
  ) {}

  /**
   * Takes a message to the account that a plan leads to, if the link holds. Otherwise the message stays with the account that granted, and is
   * answered to be planned for that one.
   */
  async follow(record: OutgoingRecord, granted: Peer, plan: NativePlan): Promise<OutgoingRecord | undefined> {
    const { events, store } = this.context;
    // asked for this account, and answered with another
    if (record.stays) throw told(events, new TrustError('plan-does-not-match', record.address));
    // before the first message there is no key to check a link against: that one is for the account that granted
    const isPinned = granted.pin !== null && granted.change === null;
    if (isPinned && (await believeLinked(this.context, this.peers, granted, plan))) {
      await this.#move(record, { address: plan.peer.address.uri, ledFrom: record.address, plan });
      return undefined;
    }
    if (isPinned) events.emit('trust-problem', { reason: 'link-does-not-hold', about: record.address });
    const staying = { ...record, stays: true };
    await store.put(RECORDS.outgoing, record.messageId, staying);
    return staying;
  }

  /** Where the other account cannot be written to any more: back to the one that granted, for good. False of a message that was not led. */
  async back(record: OutgoingRecord): Promise<boolean> {
    if (record.ledFrom === null) return false;
    await this.#move(record, { address: record.ledFrom, ledFrom: null });
    return true;
  }

  async #move(
    record: OutgoingRecord,
    {
      address,
      ledFrom,
      plan,
    }: { readonly address: string; readonly ledFrom: string | null; readonly plan?: NativePlan },
  ): Promise<void> {
    await this.context.store.unit(async (unit) => {
      if (plan) {
        const peer = await this.peers.get(address);
        unit.put(RECORDS.peer, address, { ...peer, conversation: plan.conversation });
        unit.put(RECORDS.conversation, plan.conversation, { kind: 'native', address });
      }
      const conversation = plan?.conversation ?? (await nativeConversation(unit, address));
      await moveMessage(unit, this.context, record, { address, conversation, ledFrom, stays: true });
    });
    if (record.gatewayId) await cancelQuietly(this.context, record.gatewayId);
    this.movedTo(address);
  }
}
