import { contactSchema, edgeDescriptionSchema, planDigest } from '@causeway/api-contract';
import {
  conversationUri,
  decodeStoredContent,
  encodeContent,
  messageIdOf,
  mintBoxId,
  textContent,
  toBytes,
  type Bytes,
  type ContactId,
  type ConversationId,
  type MessageId,
} from '@causeway/message-model';
import {
  addressDigest,
  chooseLegKey,
  openEdgeBundle,
  sealAddress,
  sealToEdge,
  signStatement,
  type DowngradeStatement,
  type LegKey,
  type SignedStatement,
} from '@causeway/signal-protocol';
import { inSeconds, type RawDevice } from './raw-device.js';

export interface RawContact {
  readonly contact: ContactId;
  readonly conversation: ConversationId;
  /** `tel:` URI. */
  readonly address: string;
}

/** A message for a clear network before it is sealed: everything a test may get wrong on purpose. */
export interface ClearDraft {
  readonly to: RawContact;
  readonly content: Bytes;
  readonly messageId: MessageId;
  readonly networks: readonly ('sms' | 'rcs')[];
  /** Unix seconds. */
  readonly deadline: number;
}

const HOST = 'causeway.local';
const LIFETIME_SECONDS = 3600;

export const tenantOf = (device: RawDevice) => {
  if (!device.tenant) throw new Error('the device is not registered');
  return device.tenant;
};

/** A leg key for the deadline, from the edge as the gateway shows it. */
export async function legKey(
  device: RawDevice,
  deadline: number,
): Promise<{ readonly key: LegKey; readonly region: string }> {
  const edge = edgeDescriptionSchema.parse((await device.call('GET', '/v1/edge')).document);
  const bundle = openEdgeBundle(edge.bundle, edge.identity);
  const key = bundle && chooseLegKey(bundle, { deadline, now: inSeconds(0) });
  if (!bundle || !key) throw new Error('the edge shows no key for this deadline');
  return { key, region: bundle.region };
}

/** What a device sends to learn the contact of a number; `text` need not be a number. */
export async function sealedNumber(device: RawDevice, text: string) {
  const { key, region } = await legKey(device, inSeconds(120));
  const context = {
    tenant: tenantOf(device),
    region,
    keyId: key.keyId,
    account: device.account,
    device: device.deviceId,
  };
  return { keyId: key.keyId, sealedAddress: sealAddress({ context, legPublicKey: key.publicKey, e164: text }) };
}

export async function addContact(device: RawDevice, e164: string): Promise<RawContact> {
  const answer = await device.call('POST', '/v1/contacts', { body: await sealedNumber(device, e164) });
  const { contact, conversation } = contactSchema.parse(answer.document);
  return { contact, conversation, address: `tel:${e164}` };
}

export function draftOf(
  device: RawDevice,
  to: RawContact,
  text: string,
  changes: Partial<ClearDraft> = {},
): ClearDraft {
  const header = { senderUri: device.address, roomUri: conversationUri(HOST, to.conversation) };
  const content = changes.content ?? encodeContent(textContent({ ...header, text }));
  const messageId = changes.messageId ?? messageIdOf({ content, ...header });
  return { to, content, messageId, networks: ['sms'], deadline: inSeconds(LIFETIME_SECONDS), ...changes };
}

/** The salt of a draft's content, if it is content at all. */
export const saltOf = (draft: Pick<ClearDraft, 'content'>): Bytes => {
  try {
    return decodeStoredContent(draft.content).salt;
  } catch {
    return toBytes(new Uint8Array(16));
  }
};

/** What the person would sign for this draft. */
export const statementFor = (device: RawDevice, draft: ClearDraft): DowngradeStatement => ({
  tenant: tenantOf(device),
  statementId: mintBoxId(),
  subject: { kind: 'message', messageId: draft.messageId },
  senderAccount: device.account,
  senderDevice: device.deviceId,
  contactId: draft.to.contact,
  addressDigest: addressDigest({ contactId: draft.to.contact, addressUri: draft.to.address, salt: saltOf(draft) }),
  networks: draft.networks,
  notAfter: draft.deadline,
  previewDigest: toBytes(new Uint8Array(32)),
});

export const signedBy = (device: RawDevice, statement: DowngradeStatement): SignedStatement =>
  signStatement(statement, device.identity.privateKey);

export const digestOf = (device: RawDevice, draft: Pick<ClearDraft, 'to' | 'networks'>): string =>
  planDigest({ tenant: tenantOf(device), conversation: draft.to.conversation, leg: 'clear', networks: draft.networks });

/** The sealed body without its statement. */
export async function sealedBody(device: RawDevice, draft: ClearDraft) {
  const { key, region } = await legKey(device, draft.deadline);
  const digest = digestOf(device, draft);
  const box = sealToEdge({
    context: {
      tenant: tenantOf(device),
      region,
      keyId: key.keyId,
      messageId: draft.messageId,
      senderAccount: device.account,
      senderDevice: device.deviceId,
      contactId: draft.to.contact,
      networks: draft.networks,
      planDigest: digest,
      deadline: draft.deadline,
    },
    legPublicKey: key.publicKey,
    content: draft.content,
    address: draft.to.address,
    identityKey: device.identity.publicKey,
    identityPrivateKey: device.identity.privateKey,
  });
  return { leg: 'clear', planDigest: digest, networks: draft.networks, keyId: key.keyId, box, sync: [] } as const;
}

/** The request for a draft: its words with `body`, or none. */
export const requestFor = (draft: ClearDraft, body: unknown) => ({
  messageId: draft.messageId,
  to: { kind: 'contact', contact: draft.to.contact, conversation: draft.to.conversation },
  floor: 'clear',
  deliverBefore: draft.deadline,
  body,
});
