import { parseAddress } from '@causeway/message-model';
import type { ContactDescription } from '@causeway/api-contract';
import { sealAddress } from '@causeway/signal-protocol';
import { nowSeconds, type DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import { ProblemError } from './problem-error.js';
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
  const made = await sealAndAdd(context, edge, phone.e164);
  const contact: ContactRecord = { address: phone.uri, ...made };
  await context.store.unit(async (unit) => {
    unit.put(RECORDS.contact, phone.uri, contact);
    unit.put(RECORDS.conversation, made.conversation, { kind: 'clear', address: phone.uri, contact: made.contact });
  });
  return contact;
}

/** A leg key can go stale between the look and the call; the next look is fresh. */
async function sealAndAdd(context: DeviceContext, edge: EdgeTrust, e164: string): Promise<ContactDescription> {
  for (let attempt = 0; ; attempt += 1) {
    const { tenant, account, device } = placeOf(context);
    const { key, region } = await edge.legKeyFor(undefined, nowSeconds(context) + SEAL_FOR_SECONDS);
    const about = { tenant, region, keyId: key.keyId, account, device };
    const sealedAddress = sealAddress({ context: about, legPublicKey: key.publicKey, e164 });
    try {
      return await context.api.addContact({ keyId: key.keyId, sealedAddress });
    } catch (error) {
      const isStale = error instanceof ProblemError && error.code === 'edge-key-stale';
      if (!isStale || attempt > 0) throw error;
    }
  }
}

function placeOf({ own }: DeviceContext) {
  const { account, deviceId: device } = own.current;
  return { tenant: tenantOf(own.current), account, device };
}
