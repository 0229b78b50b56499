import { canCheckRecipients, type ClearAdapter } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import type { AttemptOutcome, AttemptRow, ClearMessage, SealedContact } from '@causeway/storage';
import type { TransitId } from '@causeway/message-model';
import { attemptRef } from './attempt-ref.js';
import { fallbackOf, isLeavable } from './choose-network.js';
import type { EdgeContext } from './edge-context.js';
import { numberAad } from './number-at-rest.js';
import type { RecordOutcome } from './record-outcome.js';

/** How long a conversation stays on the other network (PROTOCOL 9), milliseconds. */
export const FALLBACK_LASTS_MS = 3_600_000;

/** When a network that did not answer is asked again to take a message back, milliseconds. */
const ASK_AGAIN_MS = 10_000;
const LOOK_AGAIN_MS = 10 * 60_000;

/**
 * Takes messages back from one network so that the next of their plan may carry them. Nothing is let go before the first network said that
 * the person will not get it there, and nothing at all of a conversation that is end-to-end encrypted.
 */
export class FallBack {
  constructor(
    private readonly edge: EdgeContext,
    private readonly outcome: RecordOutcome,
  ) {}

  /** What waits at a network that its lane has left, oldest first. What cannot be taken back now is asked for again in its own time. */
  async withdrawAll(held: readonly TransitId[], network: string): Promise<void> {
    for (const ref of held) {
      const message = await this.edge.attempts.message(ref);
      const row = (await this.edge.attempts.of(ref)).at(-1);
      if (message && row?.network === network && this.isHeld(message, row)) await this.withdraw(message, row);
    }
  }

  /** Whether the attempt is at a network that another one of the plan may follow. */
  isHeld(message: ClearMessage, row: AttemptRow): boolean {
    const adapter = this.edge.adapters.get(row.network);
    return message.state === 'sending' && !!adapter && fallbackOf(message, adapter, this.edge.adapters) !== undefined;
  }

  async withdraw(message: ClearMessage, row: AttemptRow): Promise<void> {
    const adapter = this.edge.adapters.get(row.network);
    const reached = await this.reach(message);
    const from = this.edge.bridgeNumbers.get(row.bridgeNumberId);
    if (!adapter || !isLeavable(adapter) || !reached || from === undefined) return this.askAgain(row);
    const ends = { from, to: reached.to };
    const answer = await adapter.withdraw({ externalId: adapter.externalIdOf(refOf(row)), ...ends });
    if (answer.kind === 'withdrawn') return this.release(message, row);
    if (answer.kind === 'unavailable') return this.askAgain(row);
    // the handset has it: whatever the receipt says, nothing follows on another network
    const nowMs = this.edge.clock.nowMs();
    await this.outcome.writeAndWake({
      ...keyOf(row),
      outcome: 'sent',
      state: 'sent',
      leavesLane: true,
      lookAgainAt: new Date(nowMs + LOOK_AGAIN_MS),
    });
  }

  /** The network will not deliver it: the next one may, if there is time and nothing forbids it. */
  async release(message: ClearMessage, row: AttemptRow, vendorCode?: string): Promise<void> {
    const adapter = this.edge.adapters.get(row.network);
    const now = this.edge.clock.now();
    const ended = { ...keyOf(row), outcome: 'withdrawn', vendorCode, lookAgainAt: null } as const;
    if (now >= message.deliverBefore) return this.writeAndWake({ ...ended, state: 'expired', leavesLane: true });
    const refused =
      adapter && this.isHeld(message, row) ? await this.objection(message, row, adapter) : 'recipient-unreachable';
    if (refused !== undefined)
      return this.writeAndWake({ ...ended, state: 'failed', reason: refused, leavesLane: true });
    const until = new Date(now.getTime() + FALLBACK_LASTS_MS);
    const record: AttemptOutcome = {
      ...ended,
      state: 'ready',
      leavesLane: false,
      fallsBack: { from: row.network, until },
    };
    return this.writeAndWake(record);
  }

  /** Asked again at the last moment: encryption may have been switched on since. */
  private async objection(
    message: ClearMessage,
    row: AttemptRow,
    adapter: ClearAdapter,
  ): Promise<'encryption-unavailable' | 'recipient-unreachable' | undefined> {
    const reached = await this.reach(message);
    const from = this.edge.bridgeNumbers.get(row.bridgeNumberId);
    if (!reached || from === undefined) return 'recipient-unreachable';
    if (reached.contact.encryptedNetwork !== null) return 'encryption-unavailable';
    if (!canCheckRecipients(adapter)) return undefined;
    const standing = await adapter.checkRecipient({ from, to: reached.to });
    if (standing.kind !== 'reachable' || standing.encryption === 'none') return undefined;
    const { tenant, contact } = reached.contact;
    await this.edge.standings.markEncrypted(tenant, contact, row.network);
    return 'encryption-unavailable';
  }

  private async reach(
    message: ClearMessage,
  ): Promise<{ readonly contact: SealedContact; readonly to: Plaintext } | undefined> {
    const contact = message.contact && (await this.edge.contacts.sealed(message.tenant, message.contact));
    const number =
      contact && this.edge.keys.openAtRest(contact.sealedNumber, numberAad(contact.tenant, contact.contact));
    return contact && number ? { contact, to: new Plaintext(Buffer.from(number).toString('utf8')) } : undefined;
  }

  private async writeAndWake(record: AttemptOutcome): Promise<void> {
    await this.outcome.writeAndWake(record);
  }

  private async askAgain(row: AttemptRow): Promise<void> {
    await this.edge.attempts.postpone(row, new Date(this.edge.clock.nowMs() + ASK_AGAIN_MS));
  }
}

const keyOf = ({ ref, attempt }: AttemptRow) => ({ ref, attempt });
const refOf = ({ ref, attempt }: AttemptRow): string => attemptRef(ref, attempt);
