import { parseAddress } from '@causeway/message-model';
import { sealAddress } from '@causeway/signal-protocol';
import { nowSeconds, type DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import { RECORDS, type ContactRecord } from './records.js';
import { tenantOf } from './sessions.js';

/** The sealed number is opened within the call; a short-lived key is enough. */
const SEAL_FOR_SECONDS = 120;

/** The contact of a number: known, or made by sealing the number to the edge, the only one to read it. */
export async function contactOf(context: DeviceContext, edge: EdgeTrust, address: string): Promise<ContactRecord> {
  const known = await context.store.get(RECORDS.contact, address);
  if (known) return known;
  const phone = parseAddress(address);
  if (phone?.kind !== 'phone') throw new TypeError('a contact is a telephone number');
  const self = context.own.current;
  const { key, region } = await edge.legKeyFor(undefined, nowSeconds(context) + SEAL_FOR_SECONDS);
  const sealedAddress = sealAddress({
    context: { tenant: tenantOf(self), region, keyId: key.keyId, account: self.account, device: self.deviceId },
    legPublicKey: key.publicKey,
    e164: phone.e164,
  });
  const made = await context.api.addContact({ keyId: key.keyId, sealedAddress });
  const contact: ContactRecord = { address: phone.uri, ...made };
  await context.store.unit(async (unit) => {
    unit.put(RECORDS.contact, phone.uri, contact);
    unit.put(RECORDS.conversation, made.conversation, { kind: 'clear', address: phone.uri, contact: made.contact });
  });
  return contact;
}
