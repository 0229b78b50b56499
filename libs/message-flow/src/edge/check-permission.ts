import {
  CausewayError,
  messageIdFromBytes,
  messageIdOf,
  parseAddress,
  decodeContent,
  conversationUri,
  type Address,
  type Bytes,
  type FailureReason,
  type MimiContent,
} from '@causeway/message-model';
import { planDigest } from '@causeway/api-contract';
import {
  addressDigest,
  checkStatementForm,
  openAtEdge,
  openStatement,
  parseStatement,
  readDocument,
  type DowngradeStatement,
  type EdgeBody,
  type Signed,
} from '@causeway/signal-protocol';
import type { LaneMessage, SealedContact, SealedEnvelope, StoredDeviceList } from '@causeway/storage';
import type { EdgeContext } from './edge-context.js';
import { numberAad } from './number-at-rest.js';
import type { FindVerifiedDevices } from './verified-devices.js';

/** One message, opened: it lives within one call. */
export interface Permitted {
  readonly kind: 'permitted';
  readonly content: MimiContent;
  readonly e164: string;
  readonly statement: DowngradeStatement;
}

/** What a message is checked with, as stored. */
export interface Material {
  readonly contact: SealedContact;
  readonly envelope: SealedEnvelope;
  readonly deviceList: StoredDeviceList | null;
}

export type Permission =
  | Permitted
  /** Ends the message. */
  | { readonly kind: 'refused'; readonly reason: FailureReason }
  /** Gives it back to the sender's device, which seals again. */
  | { readonly kind: 'returned'; readonly reason: 'route' | 'key-change' };

/**
 * The gate before every clear network (P2): nothing passes that the sender's own device did not sign for this message, this recipient and
 * these networks. Whatever database and gateway say is checked against keys that the edge pinned itself.
 */
export class CheckPermission {
  constructor(
    private readonly edge: Pick<EdgeContext, 'keys' | 'clock' | 'routePolicy'>,
    private readonly devices: FindVerifiedDevices,
  ) {}

  async execute(message: LaneMessage, { contact, envelope, deviceList }: Material): Promise<Permission> {
    const signed = envelope.statement && unpackSigned(envelope.statement);
    const claimed = signed && parseStatement(signed.bytes);
    if (!signed || !claimed || !this.isForThisMessage(claimed, message)) return refused('statement-invalid');
    if (planDigest({ ...message, leg: 'clear' }) !== message.planDigest) return returned('route');
    // again: plan and accept believed a database
    const { routePolicy } = this.edge;
    if (routePolicy?.isRefusedOutside && routePolicy.leavesRegion(contact.country).length > 0)
      return refused('region-not-permitted');
    const legPrivateKey = message.edgeKeyId && (await this.edge.keys.findLegPrivateKey(message.edgeKeyId));
    if (!legPrivateKey) return returned('route');
    const found = await this.devices.judge(message, deviceList);
    if (found.kind === 'refused')
      return found.reason === 'key-changed' ? returned('key-change') : refused('statement-invalid');
    const body = this.open(message, envelope.sealed, legPrivateKey);
    legPrivateKey.fill(0);
    if (!body) return refused('unreadable');
    const device = found.list.devices.find((listed) => listed.deviceId === message.device);
    if (!device || Buffer.compare(device.identityKey, body.identityKey) !== 0) return refused('statement-invalid');
    return this.matches({ message, contact, body, signed, senderUri: found.list.address });
  }

  /** Checked before anything is opened: form, expiry, networks, and what it is about. */
  private isForThisMessage(statement: DowngradeStatement, message: LaneMessage): boolean {
    const messageId = messageIdFromBytes(message.messageId);
    if (!messageId || message.contact === null) return false;
    const verdict = checkStatementForm(statement, {
      now: Math.floor(this.edge.clock.nowMs() / 1000),
      tenant: message.tenant,
      senderAccount: message.account,
      senderDevice: message.device,
      contactId: message.contact,
      networks: message.networks,
      messageId,
      conversationId: message.conversation,
      deadline: Math.floor(message.deliverBefore.getTime() / 1000),
    });
    return verdict === 'ok';
  }

  private open(message: LaneMessage, box: Bytes, legPrivateKey: Bytes): EdgeBody | undefined {
    const messageId = messageIdFromBytes(message.messageId);
    if (!messageId || message.contact === null || message.edgeKeyId === null || message.planDigest === null)
      return undefined;
    return openAtEdge({
      legPrivateKey,
      box,
      context: {
        tenant: message.tenant,
        region: this.edge.keys.region,
        keyId: message.edgeKeyId,
        messageId,
        senderAccount: message.account,
        senderDevice: message.device,
        contactId: message.contact,
        networks: message.networks,
        planDigest: message.planDigest,
        deadline: Math.floor(message.deliverBefore.getTime() / 1000),
      },
    });
  }

  /** Checked after opening: the statement's signer is the body's, the address is the contact's, the id commits to these words. */
  private matches(input: {
    message: LaneMessage;
    contact: SealedContact;
    body: EdgeBody;
    signed: Signed;
    senderUri: string;
  }): Permission {
    const { message, contact, body } = input;
    const statement = openStatement(input.signed, body.identityKey);
    if (!statement) return refused('statement-invalid');
    const content = this.contentOf(message, body.content, input.senderUri);
    if (!content) return refused('unreadable');
    const salt = hiddenBy(statement, content, body);
    const expected = salt && addressDigest({ contactId: contact.contact, addressUri: body.address, salt });
    if (!expected) return refused('statement-invalid');
    if (Buffer.compare(expected, statement.addressDigest) !== 0) return refused('statement-invalid');
    const number = this.edge.keys.openAtRest(contact.sealedNumber, numberAad(contact.tenant, contact.contact));
    const e164 = number && Buffer.from(number).toString('utf8');
    if (e164 === undefined || !names(parseAddress(body.address), contact, e164)) return refused('statement-invalid');
    return { kind: 'permitted', content, e164, statement };
  }

  /** The words, if they are content and the ones that the message id commits to: both are the sender's to get wrong. */
  private contentOf(message: LaneMessage, content: Bytes, senderUri: string): MimiContent | undefined {
    const roomUri = conversationUri(hostOf(senderUri), message.conversation);
    try {
      const isThisMessage = messageIdOf({ content, senderUri, roomUri }) === messageIdFromBytes(message.messageId);
      return isThisMessage ? decodeContent(content, this.edge.clock.nowMs()) : undefined;
    } catch (thrown) {
      if (thrown instanceof CausewayError && thrown.code === 'malformed-content') return undefined;
      throw thrown;
    }
  }
}

/** Whether the sender's device meant this contact: by its number, or by its id where it is not to know the number. */
const names = (address: Address | undefined, contact: SealedContact, e164: string): boolean =>
  contact.isThroughAlias
    ? address?.kind === 'contact' && address.contact === contact.contact
    : address?.kind === 'phone' && address.e164 === e164;
/** The digests of a statement about one message hide behind its salt, those of one about a conversation behind its own secret (ADR 0009, 0015). */
function hiddenBy({ subject }: DowngradeStatement, { salt }: MimiContent, body: EdgeBody): Bytes | undefined {
  if (subject.kind === 'message') return salt;
  return body.permissionSecret.length === 32 ? body.permissionSecret : undefined;
}

const refused = (reason: FailureReason): Permission => ({ kind: 'refused', reason });
const returned = (reason: 'route' | 'key-change'): Permission => ({ kind: 'returned', reason });

const hostOf = (nativeUri: string): string => {
  const address = parseAddress(nativeUri);
  return address?.kind === 'native' ? address.host : '';
};

/** A statement rests beside its message as one CBOR array: bytes, signature. */
const unpackSigned = (packed: Uint8Array): Signed | undefined =>
  readDocument(packed, (fields) => ({ bytes: fields.bytes({ min: 1, max: 8_192 }), signature: fields.exactBytes(64) }));
