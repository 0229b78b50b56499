import {
  encodeCbor,
  equalBytes,
  parseAccountId,
  parseTenantId,
  type AccountId,
  type Bytes,
  type DeviceId,
  type TenantId,
} from '@causeway/message-model';
import type { DeviceList } from './device-list.js';
import { readDocument, type FieldReader } from './field-reader.js';
import { sign, verify } from './key-pair.js';
import { LIMITS } from './limits.js';
import { KEY_AND_SIGNATURE_BYTES, readDeviceId } from './names.js';
import { keyOfBytes, Recent } from './recent.js';

/**
 * That two accounts are one person's, and that whoever may write to the one it was offered to may be led to the one that offered it. A device
 * of each signs the same bytes. PROTOCOL 3.
 */
export interface AccountLink {
  readonly tenant: TenantId;
  /** Who offered it, from which device. */
  readonly account: AccountId;
  /** The key that signs the device lists of that account: what the account it was offered to vouches for. */
  readonly accountKey: Bytes;
  readonly device: DeviceId;
  readonly address: string;
  /** The address that the offer is for. */
  readonly linkedAddress: string;
  /** Unix seconds. */
  readonly createdAt: number;
  /** Unix seconds; at most a year later. */
  readonly notAfter: number;
  /** 16 random bytes: two offers are never the same. */
  readonly nonce: Bytes;
}

/** The document with the signatures of both devices. */
export interface SignedAccountLink {
  readonly document: Bytes;
  readonly offered: Bytes;
  readonly accepted: Bytes;
}

/** What is known of an account whose signature is under a link. */
export interface LinkedParty {
  readonly accountKey: Uint8Array;
  /** Verified under that key. */
  readonly list: DeviceList;
}

const LABEL = 'causeway-account-link-v2';
/** A link is proved again after a year. */
export const ACCOUNT_LINK_SECONDS = 365 * 86_400;
/** Room for a clock that runs ahead. */
const CLOCK_MARGIN_SECONDS = 300;

/** The bytes that both sign; deterministic. */
export const encodeAccountLink = (link: AccountLink): Bytes =>
  encodeCbor([
    LABEL,
    link.tenant,
    link.account,
    link.accountKey,
    link.device,
    link.address,
    link.linkedAddress,
    link.createdAt,
    link.notAfter,
    link.nonce,
  ]);

/** Signs with the identity of a device of either account. */
export const signAccountLink = (bytes: Uint8Array, identityPrivateKey: Uint8Array): Bytes =>
  sign(identityPrivateKey, bytes);

/** The form alone; `checkAccountLink` says whether it holds. */
export const parseAccountLink = (bytes: Uint8Array): AccountLink | undefined => readDocument(bytes, readLink);

/**
 * The link, if it holds now between these two: both accounts are those it names, the key is the one it names, it began and has not ended, and
 * a device of each list signed it. `undefined` whatever is wrong. A device that is on its list no more signed for nothing.
 */
export function checkAccountLink(
  signed: SignedAccountLink,
  facts: {
    readonly tenant: string;
    readonly offering: LinkedParty;
    readonly accepting: LinkedParty;
    /** Unix seconds. */
    readonly now: number;
  },
): AccountLink | undefined {
  const { offering, accepting, now } = facts;
  const link = parseAccountLink(signed.document);
  if (!link || link.tenant !== facts.tenant || link.linkedAddress !== accepting.list.address) return undefined;
  const isOffering =
    link.account === offering.list.account &&
    link.address === offering.list.address &&
    link.account !== accepting.list.account &&
    equalBytes(link.accountKey, offering.accountKey);
  if (!isOffering || link.createdAt > now + CLOCK_MARGIN_SECONDS || link.notAfter <= now) return undefined;
  const isOffered = isBy(offering.list, signed.document, signed.offered, link.device);
  return isOffered && isBy(accepting.list, signed.document, signed.accepted) ? link : undefined;
}

/** By this device of the list, or by any. */
const isBy = ({ devices }: DeviceList, bytes: Uint8Array, signature: Uint8Array, device?: DeviceId): boolean =>
  devices.some(
    ({ deviceId, identityKey }) => (device ?? deviceId) === deviceId && isSignedBy(identityKey, bytes, signature),
  );

/** Only signatures that verified; every plan of a way to a person with linked accounts asks for the same ones. */
const verified = new Recent<true>(1024);

function isSignedBy(identityKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const { key, signature: length } = KEY_AND_SIGNATURE_BYTES;
  if (identityKey.length !== key || signature.length !== length) return false;
  const name = keyOfBytes(identityKey, signature, bytes);
  if (verified.get(name)) return true;
  const isValid = verify(identityKey, bytes, signature);
  if (isValid) verified.set(name, true);
  return isValid;
}

function readLink(fields: FieldReader): AccountLink {
  fields.literal(LABEL);
  const [tenant, account, accountKey] = [fields.id(parseTenantId), fields.id(parseAccountId), fields.publicKey()];
  const [device, address] = [readDeviceId(fields), fields.text(LIMITS.uriCharacters)];
  const [linkedAddress, createdAt] = [fields.text(LIMITS.uriCharacters), fields.time()];
  const notAfter = fields.integer({ min: createdAt + 1, max: createdAt + ACCOUNT_LINK_SECONDS });
  return {
    tenant,
    account,
    accountKey,
    device,
    address,
    linkedAddress,
    createdAt,
    notAfter,
    nonce: fields.exactBytes(16),
  };
}
