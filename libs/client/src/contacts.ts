import { parseAddress } from '@causeway/message-model';
import { sealAddress } from '@causeway/signal-protocol';
import { nowSeconds, type DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import { isTemporary, ProblemError } from './problem-error.js';
import { RECORDS, type ContactRecord } from './records.js';
import { tenantOf } from './sessions.js';

/** The sealed number is opened within the call; a short-lived key is enough. */
const SEAL_FOR_SECONDS = 120;
/** How long an answer to "does this number reach somebody natively" is used. A person may open or close that at any time. */
const ASK_AGAIN_MS = 24 * 3_600_000;

/** Whether what is written there leaves end-to-end encryption: a telephone, by its number or through an alias. */
export const isClearAddress = (address: string): boolean =>
  address.startsWith('tel:') || address.startsWith('contact:');

/**
 * The contact of a number: known, or made by sealing the number to the edge, the only one to read it. A known one is asked about anew once a
 * day, or when `isFresh` is wanted, since its owner may be found by it now, or not any more.
 */
export async function contactOf(
  context: DeviceContext,
  edge: EdgeTrust,
  address: string,
  { isFresh = false }: { readonly isFresh?: boolean } = {},
): Promise<ContactRecord> {
  const known = await context.store.get(RECORDS.contact, address);
  const phone = parseAddress(address);
  const isUsed = known && !isFresh && context.nowMs() - known.askedAtMs < ASK_AGAIN_MS;
  if (known && (isUsed || phone?.kind !== 'phone')) return known;
  if (phone?.kind !== 'phone') throw new TypeError('a contact is a telephone number, or wrote through an alias first');
  try {
    return await askedAnew(context, edge, phone);
  } catch (error) {
    if (known && !isFresh && isTemporary(error)) return known;
    throw error;
  }
}

/** Who linked a number and lets this person find them is written to natively, end-to-end encrypted, unless they prefer otherwise. */
export async function reachedAt(context: DeviceContext, edge: EdgeTrust, address: string): Promise<string> {
  if (!isClearAddress(address)) return address;
  try {
    const { native, contact } = await contactOf(context, edge, address);
    if (native === null) return address;
    // before a grant there is nothing to plan with: the request is what they are reached by
    if (!(await context.store.get(RECORDS.peer, native))?.conversation) return native;
    const plan = await context.api.planRoute({ kind: 'contact', contact });
    return plan.leg === 'clear' ? address : native;
  } catch (error) {
    if (isTemporary(error)) return address;
    throw error;
  }
}

async function askedAnew(
  context: DeviceContext,
  edge: EdgeTrust,
  { uri, e164 }: { readonly uri: string; readonly e164: string },
): Promise<ContactRecord> {
  const { native, ...made } = await withSealedNumber(context, edge, { e164, call: context.api.addContact });
  const contact: ContactRecord = { address: uri, ...made, native: native?.uri ?? null, askedAtMs: context.nowMs() };
  await context.store.unit(async (unit) => {
    unit.put(RECORDS.contact, uri, contact);
    unit.put(RECORDS.conversation, made.conversation, { kind: 'clear', address: uri, contact: made.contact });
  });
  return contact;
}

/** A call with a number sealed to the edge. A leg key can go stale between the look and the call; the next look is fresh. */
export async function withSealedNumber<Answer>(
  context: DeviceContext,
  edge: EdgeTrust,
  { e164, call }: { readonly e164: string; readonly call: (body: SealedNumber) => Promise<Answer> },
): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    const { tenant, account, device } = placeOf(context);
    const { key, region } = await edge.legKeyFor(undefined, nowSeconds(context) + SEAL_FOR_SECONDS);
    const about = { tenant, region, keyId: key.keyId, account, device };
    const sealedAddress = sealAddress({ context: about, legPublicKey: key.publicKey, e164 });
    try {
      return await call({ keyId: key.keyId, sealedAddress });
    } catch (error) {
      const isStale = error instanceof ProblemError && error.code === 'edge-key-stale';
      if (!isStale || attempt > 0) throw error;
    }
  }
}

interface SealedNumber {
  readonly keyId: string;
  readonly sealedAddress: Uint8Array;
}

function placeOf({ own }: DeviceContext) {
  const { account, deviceId: device } = own.current;
  return { tenant: tenantOf(own.current), account, device };
}
