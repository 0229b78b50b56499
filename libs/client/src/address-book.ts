import { CausewayError, parseAddress } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import { RECORDS, type ContactRecord } from './records.js';

/** What a person decides about a telephone number they write to. */
export class AddressBook {
  constructor(private readonly context: DeviceContext) {}

  /**
   * Forgets the contact behind a number. The next message adds it anew: for a number that went to another person that is a new conversation,
   * with whoever has it now.
   */
  async forget(address: string): Promise<void> {
    const { address: uri } = await this.#contact(address);
    await this.context.store.unit(async (unit) => unit.delete(RECORDS.contact, uri));
  }

  /** Lets a conversation that was end-to-end encrypted on its network go on where it is not; each message still asks as any clear one does. */
  async allowUnencrypted(address: string): Promise<void> {
    await this.context.api.allowUnencrypted((await this.#contact(address)).contact);
  }

  async #contact(address: string): Promise<ContactRecord> {
    const parsed = parseAddress(address);
    if (parsed?.kind !== 'phone') throw new CausewayError('invalid-address');
    const contact = await this.context.store.get(RECORDS.contact, parsed.uri);
    if (!contact) throw new Error('this device knows no such contact');
    return contact;
  }
}
