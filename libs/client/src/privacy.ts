import type { AccountPrivacy, ConversationPrivacy } from '@causeway/api-contract';
import {
  DEFAULT_SWITCHES,
  discloses,
  parseAddress,
  type ConversationId,
  type Disclosure,
  type PrivacySwitches,
} from '@causeway/message-model';
import { CausewayError } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import { isTemporary } from './problem-error.js';
import { RECORDS } from './records.js';

/**
 * Whether others see that this person writes or has read, and this person that others do: a switch works in both directions. The account's
 * switches are the same on all of its devices, so they are asked for before anything is told; where nobody answers, what was last known holds.
 */
export class Privacy {
  constructor(private readonly context: DeviceContext) {}

  /** As it stands for the account, or for the conversation with an address. */
  async read(address?: string): Promise<PrivacySwitches> {
    return this.#ask(address === undefined ? undefined : await this.#conversationWith(address));
  }

  /** Both switches of the account; what is left out stays. */
  async set(change: Partial<AccountPrivacy>): Promise<PrivacySwitches> {
    const { account } = await this.#ask(undefined);
    await this.context.api.setAccountPrivacy({ ...account, ...change });
    return this.#ask(undefined);
  }

  /** For one conversation, whatever the account says; what is left out stays. */
  async setFor(address: string, change: Partial<ConversationPrivacy>): Promise<PrivacySwitches> {
    const conversation = await this.#conversationWith(address);
    const { conversation: set } = await this.#ask(conversation);
    await this.context.api.setConversationPrivacy(conversation, { ...set, ...change });
    return this.#ask(conversation);
  }

  /** Asked anew: whether it may be told in the conversation with an address, which is clear when a carrier learns of it. */
  async mayTell(address: string, disclosure: Disclosure): Promise<boolean> {
    const conversation = await this.#knownConversation(address);
    if (!conversation) return false;
    return discloses(await this.#ask(conversation), disclosure, confidentialityOf(address));
  }

  async #ask(conversation: ConversationId | undefined): Promise<PrivacySwitches> {
    const { api, store } = this.context;
    const name = conversation ?? '';
    try {
      const switches = await api.privacy(conversation);
      await store.unit(async (unit) => unit.put(RECORDS.privacy, name, switches));
      return switches;
    } catch (error) {
      const known = isTemporary(error) ? await store.get(RECORDS.privacy, name) : undefined;
      if (known) return known;
      throw error;
    }
  }

  async #conversationWith(address: string): Promise<ConversationId> {
    const conversation = await this.#knownConversation(address);
    if (conversation) return conversation;
    throw new Error('there is no conversation with this address yet');
  }

  async #knownConversation(address: string): Promise<ConversationId | undefined> {
    const parsed = parseAddress(address);
    if (!parsed) throw new CausewayError('invalid-address');
    const { store } = this.context;
    if (parsed.kind === 'phone') return (await store.get(RECORDS.contact, parsed.uri))?.conversation;
    return (await store.get(RECORDS.peer, parsed.uri))?.conversation ?? undefined;
  }
}

export const confidentialityOf = (address: string): 'sealed' | 'clear' =>
  address.startsWith('tel:') ? 'clear' : 'sealed';

/** Whether what the other end tells is shown, by what this device last knew of the switches. */
export async function isShown(
  reader: { get(record: typeof RECORDS.privacy, name: string): Promise<PrivacySwitches | undefined> },
  about: { readonly conversation: ConversationId; readonly address: string },
  disclosure: Disclosure,
): Promise<boolean> {
  const account = (await reader.get(RECORDS.privacy, ''))?.account ?? DEFAULT_SWITCHES.account;
  const here = await reader.get(RECORDS.privacy, about.conversation);
  return discloses(
    { account, conversation: here?.conversation ?? DEFAULT_SWITCHES.conversation },
    disclosure,
    confidentialityOf(about.address),
  );
}
