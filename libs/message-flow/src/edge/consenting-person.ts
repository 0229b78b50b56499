import type { TenantId } from '@causeway/message-model';
import type { ConsentingPerson } from '@causeway/storage';
import { bridgeNumberId } from './bridge-numbers.js';
import type { EdgeContext } from './edge-context.js';

/** A phone number and our number as the record of opt-outs knows them: digests only. */
export function consentingPerson(
  { keys, clock }: Pick<EdgeContext, 'keys' | 'clock'>,
  tenant: TenantId,
  pair: { readonly e164: string; readonly bridgeNumber: string },
): ConsentingPerson {
  const digests = (purpose: 'opt-out' | 'binding') =>
    keys.numberDigests(purpose, tenant, pair.e164).toSorted((a, b) => b.version - a.version);
  const optOut = digests('opt-out');
  return {
    tenant,
    bridgeNumberId: bridgeNumberId(pair.bridgeNumber),
    optOutDigests: optOut.map(({ digest }) => digest),
    digestVersion: optOut[0]?.version ?? 0,
    bindingDigests: digests('binding').map(({ digest }) => digest),
    now: clock.now(),
  };
}
