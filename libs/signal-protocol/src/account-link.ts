import {
  encodeCbor,
  parseAccountId,
  parseTenantId,
  type AccountId,
  type Bytes,
  type DeviceId,
  type TenantId,
} from '@causeway/message-model';
import { readDocument, type FieldReader } from './field-reader.js';
import { sign } from './key-pair.js';
import { LIMITS } from './limits.js';
import { readDeviceId } from './names.js';

/** That two accounts are one person's. A device of each signs the same bytes. PROTOCOL 3. */
export interface AccountLink {
  readonly tenant: TenantId;
  /** Who offered it, from which device. */
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly address: string;
  /** The address that the offer is for. */
  readonly linkedAddress: string;
  /** Unix seconds. */
  readonly createdAt: number;
  /** 16 random bytes: two offers are never the same. */
  readonly nonce: Bytes;
}

const LABEL = 'causeway-account-link-v1';

/** The bytes that both sign; deterministic. */
export const encodeAccountLink = (link: AccountLink): Bytes =>
  encodeCbor([
    LABEL,
    link.tenant,
    link.account,
    link.device,
    link.address,
    link.linkedAddress,
    link.createdAt,
    link.nonce,
  ]);

/** Signs with the identity of a device of either account. */
export const signAccountLink = (bytes: Uint8Array, identityPrivateKey: Uint8Array): Bytes =>
  sign(identityPrivateKey, bytes);

/** The form alone; whose signatures are under it is for whoever has the device lists to say. */
export const parseAccountLink = (bytes: Uint8Array): AccountLink | undefined => readDocument(bytes, readLink);

function readLink(fields: FieldReader): AccountLink {
  fields.literal(LABEL);
  return {
    tenant: fields.id(parseTenantId),
    account: fields.id(parseAccountId),
    device: readDeviceId(fields),
    address: fields.text(LIMITS.uriCharacters),
    linkedAddress: fields.text(LIMITS.uriCharacters),
    createdAt: fields.time(),
    nonce: fields.exactBytes(16),
  };
}
