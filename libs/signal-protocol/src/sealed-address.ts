import { encodeCbor, type AccountId, type Bytes, type DeviceId, type TenantId } from '@causeway/message-model';
import { readDocument, refuse } from './field-reader.js';
import { open, seal } from './hpke.js';
import { isE164 } from './names.js';

/** What a number sealed for a new contact is bound to. */
export interface SealedAddressContext {
  readonly tenant: TenantId;
  readonly region: string;
  /** Of the leg key sealed to. */
  readonly keyId: string;
  readonly account: AccountId;
  readonly device: DeviceId;
}

const INFO = 'causeway-edge-address-v1';

/** Seals a telephone number (E.164 with the plus sign) to the edge, when a contact is made. PROTOCOL 3. */
export function sealAddress(input: {
  readonly context: SealedAddressContext;
  readonly legPublicKey: Uint8Array;
  readonly e164: string;
}): Bytes {
  return seal(input.legPublicKey, encodeCbor([input.e164]), { info: INFO, aad: aadOf(input.context) });
}

/** The number in E.164 form, or `undefined`. Whether such a number can exist is not checked here. */
export function openAddress(input: {
  readonly context: SealedAddressContext;
  readonly legPrivateKey: Uint8Array;
  readonly sealedAddress: Uint8Array;
}): string | undefined {
  const plaintext = open(input.legPrivateKey, input.sealedAddress, { info: INFO, aad: aadOf(input.context) });
  return (
    plaintext &&
    readDocument(plaintext, (fields) => {
      const e164 = fields.text();
      return isE164(e164) ? e164 : refuse();
    })
  );
}

const aadOf = (context: SealedAddressContext): Bytes =>
  encodeCbor([context.tenant, context.region, context.keyId, context.account, context.device]);
