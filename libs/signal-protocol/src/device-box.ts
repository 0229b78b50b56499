import {
  CausewayError,
  encodeCbor,
  parseAccountId,
  parseContactId,
  parseConversationId,
  parseMessageId,
  type AccountId,
  type BoxId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type DeviceId,
  type MessageId,
  type TenantId,
} from '@causeway/message-model';
import { readDocument, type FieldReader } from './field-reader.js';
import { open, seal } from './hpke.js';
import { LIMITS } from './limits.js';
import { readDeviceId, readNetwork } from './names.js';

/** Everything a box for a device is bound to. */
export interface DeviceBoxContext {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly sealKeyId: number;
  readonly boxId: BoxId;
}

/** libsignal's message types 3 and 2. */
export type SignalType = 'pre-key' | 'message';

/** A Signal message with its sender, which the stored row does not show. */
export interface NativeBody {
  readonly leg: 'native';
  readonly messageId: MessageId;
  readonly senderAccount: AccountId;
  readonly senderDevice: DeviceId;
  readonly signalType: SignalType;
  readonly signalMessage: Bytes;
}

/** Words that came from a clear network, vouched for by the edge that saw them. */
export interface ClearBody {
  readonly leg: 'clear';
  readonly messageId: MessageId;
  readonly network: string;
  readonly contactId: ContactId;
  readonly conversationId: ConversationId;
  /** E.164 with the plus sign. */
  readonly bridgeNumber: string;
  readonly senderUri: string;
  /** Unix milliseconds. */
  readonly receivedAt: number;
  readonly content: Bytes;
  readonly edgeIdentity: Bytes;
  /** See `signClearInbound`; opening a box does not verify it. */
  readonly signature: Bytes;
}

/** Everything a device receives is one of these. */
export type DeviceBoxBody = NativeBody | ClearBody;

const INFO = 'causeway-device-box-v1';

/**
 * Seals a body to one device's listed seal key. PROTOCOL 4. Throws `payload-too-large` for content above 72 KiB or a
 * Signal message above 76 KiB.
 */
export function sealToDevice(input: {
  readonly context: DeviceBoxContext;
  readonly sealPublicKey: Uint8Array;
  readonly body: DeviceBoxBody;
}): Bytes {
  const { body } = input;
  const isTooLarge =
    body.leg === 'native'
      ? body.signalMessage.length > LIMITS.signalMessageBytes
      : body.content.length > LIMITS.contentBytes;
  if (isTooLarge) throw new CausewayError('payload-too-large');
  return seal(input.sealPublicKey, encodeBody(body), { info: INFO, aad: deviceBoxAad(input.context) });
}

/**
 * The body, or `undefined` when the box does not open under this context and key or holds something else. The sender is
 * proven by what is inside: the Signal session of a native body, `verifyClearInbound` for a clear one.
 */
export function openAtDevice(input: {
  readonly context: DeviceBoxContext;
  readonly sealPrivateKey: Uint8Array;
  readonly box: Uint8Array;
}): DeviceBoxBody | undefined {
  const plaintext = open(input.sealPrivateKey, input.box, { info: INFO, aad: deviceBoxAad(input.context) });
  return plaintext && readDocument(plaintext, readBody);
}

export const deviceBoxAad = (context: DeviceBoxContext): Bytes =>
  encodeCbor([context.tenant, context.account, context.device, context.sealKeyId, context.boxId]);

function encodeBody(body: DeviceBoxBody): Bytes {
  switch (body.leg) {
    case 'native':
      return encodeCbor([
        body.leg,
        body.messageId,
        body.senderAccount,
        body.senderDevice,
        body.signalType,
        body.signalMessage,
      ]);
    case 'clear':
      return encodeCbor([
        body.leg,
        body.messageId,
        body.network,
        body.contactId,
        body.conversationId,
        body.bridgeNumber,
        body.senderUri,
        body.receivedAt,
        body.content,
        body.edgeIdentity,
        body.signature,
      ]);
  }
}

function readBody(fields: FieldReader): DeviceBoxBody {
  const leg = fields.oneOf(['native', 'clear']);
  return leg === 'native' ? readNativeBody(fields) : readClearBody(fields);
}

const readNativeBody = (fields: FieldReader): NativeBody => ({
  leg: 'native',
  messageId: fields.id(parseMessageId),
  senderAccount: fields.id(parseAccountId),
  senderDevice: readDeviceId(fields),
  signalType: fields.oneOf(['pre-key', 'message']),
  signalMessage: fields.bytes({ min: 1, max: LIMITS.signalMessageBytes }),
});

const readClearBody = (fields: FieldReader): ClearBody => ({
  leg: 'clear',
  messageId: fields.id(parseMessageId),
  network: readNetwork(fields),
  contactId: fields.id(parseContactId),
  conversationId: fields.id(parseConversationId),
  bridgeNumber: fields.text(),
  senderUri: fields.text(LIMITS.uriCharacters),
  receivedAt: fields.time(),
  content: fields.bytes({ min: 1, max: LIMITS.contentBytes }),
  edgeIdentity: fields.publicKey(),
  signature: fields.exactBytes(64),
});
