import { CausewayError, parseAddress } from '@causeway/message-model';
import { contactOf } from './contacts.js';
import type { DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import { RECORDS, type ContactRecord } from './records.js';

/** A telephone that this account writes to, or that wrote to it. */
export interface Contact {
  /** `tel:` number, or `contact:` of somebody who wrote through an alias and whose number nobody here knows. */
  readonly address: string;
  /** ISO country of the number, as far as it is known. */
  readonly country: string;
  readonly lineType: string;
  /** `mimi://` address of the person, when they linked the number and may be found by it: then messages go there, end-to-end encrypted. */
  readonly native: string | null;
}

/** The telephones of one account. `device.contacts`. */
export class ContactBook {
  constructor(
    private readonly context: DeviceContext,
    private readonly edge: EdgeTrust,
  ) {}

  /**
   * Asks now whether a number reaches somebody natively. Of a number whose owner did not let this account find them, the answer is the one
   * of a number that nobody linked. At most 50 new numbers a day (`ProblemError` `rate-limited`).
   */
  async find(number: string): Promise<Contact> {
    return shown(await contactOf(this.context, this.edge, phoneOf(number), { isFresh: true }));
  }

  /** What this device knows. */
  async list(): Promise<readonly Contact[]> {
    return (await this.context.store.list(RECORDS.contact)).map(({ record }) => shown(record));
  }

  /** Takes the number from the gateway and this device; what was said stays in the history. */
  async remove(address: string): Promise<void> {
    const known = await this.context.store.get(RECORDS.contact, parseAddress(address)?.uri ?? address);
    if (!known) return;
    await this.context.api.removeContact(known.contact);
    await this.context.store.unit(async (unit) => unit.delete(RECORDS.contact, known.address));
  }
}

const shown = ({ address, country, lineType, native }: ContactRecord): Contact => ({
  address,
  country,
  lineType,
  native,
});

export function phoneOf(text: string): string {
  const address = parseAddress(text);
  if (address?.kind === 'phone') return address.uri;
  throw new CausewayError('invalid-address');
}
