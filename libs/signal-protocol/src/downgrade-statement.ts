import { createHash } from 'node:crypto';
import {
  encodeCbor,
  parseAccountId,
  parseContactId,
  parseConversationId,
  parseMessageId,
  parseTenantId,
  toBytes,
  type AccountId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type DeviceId,
  type MessageId,
  type TenantId,
} from '@causeway/message-model';
import { readDocument, type FieldReader } from './field-reader.js';
import { sign, verify } from './key-pair.js';
import { readDeviceId, readNetworks, type Signed } from './names.js';

/** What a person agreed to send in the clear: one message, or a conversation until they take it back. */
export type StatementSubject =
  | { readonly kind: 'message'; readonly messageId: MessageId }
  | { readonly kind: 'conversation'; readonly conversationId: ConversationId };

/** A person's signed consent to leave end-to-end encryption. PROTOCOL 5. */
export interface DowngradeStatement {
  readonly tenant: TenantId;
  /** Random, unique; what makes its use for one message countable. */
  readonly statementId: string;
  readonly subject: StatementSubject;
  readonly senderAccount: AccountId;
  readonly senderDevice: DeviceId;
  readonly contactId: ContactId;
  /** See `addressDigest`. */
  readonly addressDigest: Bytes;
  /** At least one, each once, in the order the person was shown. */
  readonly networks: readonly string[];
  /** Unix seconds. */
  readonly notAfter: number;
  /** SHA-256 of what the person was shown, hidden by the same salt as the address. */
  readonly previewDigest: Bytes;
}

/** Deterministic CBOR of a statement and the device identity's signature over it. */
export type SignedStatement = Signed;

const LABEL = 'causeway-downgrade-v1';
const ADDRESS_LABEL = 'causeway-address-v1';

/**
 * Binds a statement to an address and hides it: the salt of the message's content is random and inside the sealed body, so whoever reads the
 * statement cannot try numbers. The edge has the salt once it has opened the body.
 */
export function addressDigest(input: {
  readonly contactId: ContactId;
  readonly addressUri: string;
  readonly salt: Bytes;
}): Bytes {
  const form = encodeCbor([ADDRESS_LABEL, input.contactId, input.addressUri, input.salt]);
  return toBytes(createHash('sha256').update(form).digest());
}

/** Signs a statement with the device identity. Throws on one that nobody would accept: no network, or one named twice. */
export function signStatement(statement: DowngradeStatement, identityPrivateKey: Uint8Array): SignedStatement {
  const { subject } = statement;
  const bytes = encodeCbor([
    LABEL,
    statement.tenant,
    statement.statementId,
    subject.kind === 'message' ? [subject.kind, subject.messageId] : [subject.kind, subject.conversationId],
    statement.senderAccount,
    statement.senderDevice,
    statement.contactId,
    statement.addressDigest,
    statement.networks,
    statement.notAfter,
    statement.previewDigest,
  ]);
  if (!parseStatement(bytes)) throw new TypeError('not a downgrade statement anyone would accept');
  return { bytes, signature: sign(identityPrivateKey, bytes) };
}

/** The statement, or `undefined` when this key did not sign it or a field is not what it should be. */
export function openStatement(signed: SignedStatement, identityKey: Uint8Array): DowngradeStatement | undefined {
  return verify(identityKey, signed.bytes, signed.signature) ? parseStatement(signed.bytes) : undefined;
}

/** The form alone, unverified: for whoever routes a statement and does not decide on it. */
export function parseStatement(bytes: Uint8Array): DowngradeStatement | undefined {
  return readDocument(bytes, readStatement);
}

function readStatement(fields: FieldReader): DowngradeStatement {
  fields.literal(LABEL);
  return {
    tenant: fields.id(parseTenantId),
    statementId: fields.text(),
    subject: readSubject(fields.nested()),
    senderAccount: fields.id(parseAccountId),
    senderDevice: readDeviceId(fields),
    contactId: fields.id(parseContactId),
    addressDigest: fields.exactBytes(32),
    networks: readNetworks(fields),
    notAfter: fields.time(),
    previewDigest: fields.exactBytes(32),
  };
}

function readSubject(fields: FieldReader): StatementSubject {
  const kind = fields.oneOf(['message', 'conversation']);
  const subject: StatementSubject =
    kind === 'message'
      ? { kind, messageId: fields.id(parseMessageId) }
      : { kind, conversationId: fields.id(parseConversationId) };
  fields.end();
  return subject;
}
