import { fromBase64Url, parseAddress, type AccountId, type DeviceId, type TenantId } from '@causeway/message-model';
import { openAddress } from '@causeway/signal-protocol';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { EdgeContext } from './edge-context.js';

/** A number that a device sealed to the edge, with what it is bound to. */
export interface SealedNumberQuestion {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly keyId: string;
  readonly sealedAddress: string;
}

export type OpenedNumber =
  | { readonly kind: 'number'; readonly e164: string }
  | { readonly kind: 'refused'; readonly code: 'edge-key-stale' | 'invalid-address' };

/** Opens a number that a device sealed to the edge. The number goes no further than its caller. */
export async function openNumber(
  { keys }: Pick<EdgeContext, 'keys'>,
  question: SealedNumberQuestion,
): Promise<OpenedNumber> {
  const { tenant, account, device, keyId } = question;
  const legPrivateKey = await keys.findLegPrivateKey(keyId);
  if (!legPrivateKey) return { kind: 'refused', code: 'edge-key-stale' };
  const sealedAddress = fromBase64Url(question.sealedAddress);
  const context = { tenant, region: keys.region, keyId, account, device };
  const opened = sealedAddress && openAddress({ context, legPrivateKey, sealedAddress });
  legPrivateKey.fill(0);
  const address = opened === undefined ? undefined : parseAddress(opened);
  return address?.kind === 'phone'
    ? { kind: 'number', e164: address.e164 }
    : { kind: 'refused', code: 'invalid-address' };
}

/** All that leaves the edge of a number: country and line type. */
export function describeNumber(e164: string): { readonly country: string; readonly lineType: string } {
  const number = parsePhoneNumberFromString(e164);
  return { country: number?.country ?? 'ZZ', lineType: number?.getType() ?? 'unknown' };
}
