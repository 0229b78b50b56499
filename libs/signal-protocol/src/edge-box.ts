import { createHash } from 'node:crypto';
import {
  CausewayError,
  encodeCbor,
  toBytes,
  type AccountId,
  type Bytes,
  type ContactId,
  type DeviceId,
  type MessageId,
  type TenantId,
} from '@causeway/message-model';
import { readDocument } from './field-reader.js';
import { open, seal } from './hpke.js';
import { sign, verify } from './key-pair.js';
import { LIMITS } from './limits.js';

/** Everything a clear-leg body is bound to. A body opens only where every field is the same. */
export interface EdgeBoxContext {
  readonly tenant: TenantId;
  readonly region: string;
  /** Of the leg key sealed to. */
  readonly keyId: string;
  readonly messageId: MessageId;
  readonly senderAccount: AccountId;
  readonly senderDevice: DeviceId;
  readonly contactId: ContactId;
  /** Networks the plan allows, in order. */
  readonly networks: readonly string[];
  readonly planDigest: string;
  /** Unix seconds. */
  readonly deadline: number;
}

/** What the edge finds in a box. The signature has been verified under `identityKey`; that the key is on the sender's list has not. */
export interface EdgeBody {
  readonly content: Bytes;
  readonly address: string;
  readonly identityKey: Bytes;
  /** What hides the digests of a statement about a whole conversation, 32 bytes; empty beside a statement about one message. */
  readonly permissionSecret: Bytes;
}

const INFO = 'causeway-edge-leg-v1';
const BODY_LABEL = 'causeway-edge-body-v1';

/**
 * Seals a message for a clear network to the edge, signed by the device's identity. PROTOCOL 4. Throws
 * `payload-too-large` for content above 72 KiB.
 */
export function sealToEdge(input: {
  readonly context: EdgeBoxContext;
  readonly legPublicKey: Uint8Array;
  readonly content: Uint8Array;
  /** The contact's address as the sender knows it; the edge refuses when its own differs. */
  readonly address: string;
  readonly identityKey: Uint8Array;
  readonly identityPrivateKey: Uint8Array;
  readonly permissionSecret?: Uint8Array | undefined;
}): Bytes {
  if (input.content.length > LIMITS.contentBytes) throw new CausewayError('payload-too-large');
  const aad = aadOf(input.context);
  const content = toBytes(input.content);
  const permissionSecret = toBytes(input.permissionSecret ?? new Uint8Array(0));
  const signed = signedForm(aad, { content, address: input.address, permissionSecret });
  const signature = sign(input.identityPrivateKey, signed);
  const body = encodeCbor([content, input.address, toBytes(input.identityKey), signature, permissionSecret]);
  return seal(input.legPublicKey, body, { info: INFO, aad });
}

/** The body, or `undefined` when the box does not open under this context and key or the signature inside does not verify. */
export function openAtEdge(input: {
  readonly context: EdgeBoxContext;
  readonly legPrivateKey: Uint8Array;
  readonly box: Uint8Array;
}): EdgeBody | undefined {
  const aad = aadOf(input.context);
  const plaintext = open(input.legPrivateKey, input.box, { info: INFO, aad });
  if (!plaintext) return undefined;
  const body = readDocument(plaintext, (fields) => ({
    content: fields.bytes({ min: 1, max: LIMITS.contentBytes }),
    address: fields.text(LIMITS.uriCharacters),
    identityKey: fields.publicKey(),
    signature: fields.exactBytes(64),
    permissionSecret: fields.bytes({ min: 0, max: 32 }),
  }));
  if (!body) return undefined;
  const { signature, ...opened } = body;
  return verify(body.identityKey, signedForm(aad, opened), signature) ? opened : undefined;
}

const signedForm = (
  aad: Bytes,
  { content, address, permissionSecret }: Pick<EdgeBody, 'content' | 'address' | 'permissionSecret'>,
): Bytes =>
  encodeCbor([BODY_LABEL, aad, toBytes(createHash('sha256').update(content).digest()), address, permissionSecret]);

const aadOf = (context: EdgeBoxContext): Bytes =>
  encodeCbor([
    context.tenant,
    context.region,
    context.keyId,
    context.messageId,
    context.senderAccount,
    context.senderDevice,
    context.contactId,
    context.networks,
    context.planDigest,
    context.deadline,
  ]);
