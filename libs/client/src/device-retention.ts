import type { HeldPolicies } from '@causeway/api-contract';
import type { ConversationId, LedgerVerdict, PersonalClass } from '@causeway/message-model';
import { currentIdOf } from './compose.js';
import { deletionTruth, type DeletionTruth } from './deletion-truth.js';
import { isClearAddress } from './contacts.js';
import type { DeviceContext } from './device-context.js';
import type { DeviceParts } from './device-parts.js';
import { idOf, type MessageReference } from './message-reference.js';
import { RECORDS } from './records.js';

/** What can be asked to be kept for less long. */
export type KeptClass = PersonalClass;

export interface KeepWish {
  readonly class: KeptClass;
  /** Null takes an earlier wish back. */
  readonly seconds: number | null;
  /** Only for the conversation with this address; it then holds for both sides. */
  readonly with?: string;
}

/** How long things are kept, what deleting does, and the proof that what was to go has gone. */
export class DeviceRetention {
  constructor(
    private readonly context: DeviceContext,
    private readonly parts: Pick<DeviceParts, 'ledger' | 'refreshPolicies'>,
  ) {}

  /** Every class, how long it is kept and who decided; for the account, or the conversation with an address. */
  async policies(address?: string): Promise<HeldPolicies> {
    if (address === undefined) return this.context.api.policies();
    return this.context.api.policiesOf(await this.#conversationWith(address));
  }

  /** Asks for less. Holds on every device of the account, and here at once. Throws `ProblemError` for what is out of bounds. */
  async keep({ class: name, seconds, with: address }: KeepWish): Promise<void> {
    const conversation = address === undefined ? undefined : await this.#conversationWith(address);
    await this.context.api.askPolicy({
      class: name,
      keepSeconds: seconds,
      ...(conversation === undefined ? {} : { conversation }),
    });
    await this.parts.refreshPolicies();
  }

  /**
   * What deleting a message to this address for everyone could come to, before it is sent. `networks`: what may carry it to a telephone, as in
   * `allowClear`; without them the one that forgets least.
   */
  deletionTruthBefore(to: string, networks: readonly string[] = ['sms']): readonly DeletionTruth[] {
    return deletionTruth({ networks: isClearAddress(to) ? networks : [], isDelivered: false });
  }

  /** What deleting this message for everyone would come to, place by place. */
  async deletionTruth(message: MessageReference): Promise<readonly DeletionTruth[]> {
    const id = idOf(message);
    const { outgoing, history } = await this.context.store.unit(async (unit) => {
      const current = await currentIdOf(unit, id);
      return { outgoing: await unit.get(RECORDS.outgoing, current), history: await unit.get(RECORDS.history, current) };
    });
    if (!history) throw new Error('this device knows no such message');
    const state = outgoing?.state ?? history.state;
    const isDelivered = history.direction === 'received' || state?.kind === 'delivered';
    const other = history.direction === 'received' ? history.from : history.to;
    const isClear = isClearAddress(other);
    return deletionTruth({
      networks: isClear ? (outgoing?.permitted ?? networksOf(history.network)) : [],
      isDelivered,
    });
  }

  /** The newest end of the purge ledger that this device was shown; undefined before the first purge. */
  ledgerHead() {
    return this.parts.ledger.head();
  }

  /** Reads the purge ledger and holds it against every head this device was shown. Undefined before the first purge. */
  checkLedger(): Promise<LedgerVerdict | undefined> {
    return this.parts.ledger.check();
  }

  async #conversationWith(address: string): Promise<ConversationId> {
    const known = await this.context.store.unit(async (unit) => {
      const contact = await unit.get(RECORDS.contact, address);
      return contact?.conversation ?? (await unit.get(RECORDS.peer, address))?.conversation;
    });
    if (!known) throw new Error('there is no conversation with this address yet');
    return known;
  }
}

/** The history knows that a network was clear, not always which: then the one that forgets least counts. */
const networksOf = (network: string): readonly string[] => [network === 'clear' ? 'sms' : network];
