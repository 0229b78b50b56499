import { parseState, type Bytes, type MessageState } from '@causeway/message-model';
import {
  accountIdField,
  contactIdField,
  conversationIdField,
  deviceIdField,
  messageIdField,
  privacySchema,
} from '@causeway/api-contract';
import { z } from 'zod';
import { remembered } from './remembered-schema.js';

/** Bytes as the store keeps them; on the wire they are text, here they stay bytes. */
const storedBytes = z.custom<Bytes>((value) => value instanceof Uint8Array);
const signedDocument = z.object({ bytes: storedBytes, signature: storedBytes });

/** What is believed of an account: its key since first use, and the newest list that verified under it. */
const pinSchema = z.object({
  account: accountIdField,
  address: z.string(),
  accountKey: storedBytes,
  version: z.int(),
  list: signedDocument,
});

export const selfSchema = z.object({
  gateway: z.string(),
  host: z.string(),
  tenant: z.string(),
  region: z.string(),
  account: accountIdField,
  address: z.string(),
  deviceId: deviceIdField,
  registrationId: z.int(),
  identityKey: storedBytes,
  identityPrivateKey: storedBytes,
  accountKey: storedBytes,
  /** Only the primary device has it. */
  accountPrivateKey: storedBytes.nullable(),
  token: z.string(),
  list: pinSchema,
  edgeIdentity: storedBytes,
  /** Shown by the gateway instead of the pinned one; nothing is sealed to it before the person confirms. */
  offeredEdgeIdentity: storedBytes.nullable(),
  /** Device ids are never used twice. */
  nextDeviceId: z.int(),
  isRegistered: z.boolean(),
  /** The registration as first sent, so that a repeated one is the identical one; empty afterwards. */
  registration: z.string(),
});

export const peerSchema = z.object({
  address: z.string(),
  pin: pinSchema.nullable(),
  /** Another account key, shown by the gateway and not yet reviewed. */
  change: pinSchema.nullable(),
  /** The conversation both ends agreed on. */
  conversation: conversationIdField.nullable(),
  /** Ours, until there is an agreed one. */
  proposed: conversationIdField.nullable(),
  isVerified: z.boolean(),
  /** Links that led to another account of this person: the newest that was believed of each, and whether it is over. Unix seconds. */
  links: z.array(z.object({ address: z.string(), createdAt: z.int(), isOver: z.boolean() })).default([]),
});

const conversationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('native'), address: z.string() }),
  z.object({ kind: z.literal('clear'), address: z.string(), contact: contactIdField }),
]);

export const contactSchema = z.object({
  address: z.string(),
  contact: contactIdField,
  conversation: conversationIdField,
  country: z.string(),
  lineType: z.string(),
  /** Address of the person behind the number, when they may be found by it. */
  native: z.string().nullable().default(null),
  /** When that was asked. */
  askedAtMs: z.int().default(0),
});

/** A message as it arrives over one network. */
const shownSchema = z.object({
  network: z.string(),
  /** The words; of a message that is a file alone or cards, none. */
  text: z.string(),
  /** The file that goes with the words, if one does. */
  file: z.object({ contentType: z.string(), sizeBytes: z.int() }).nullable().default(null),
  /** Cards in its place, side by side, with what stands on the things to tap. */
  cards: z
    .array(
      z.object({
        title: z.string(),
        description: z.string(),
        file: z.object({ contentType: z.string(), sizeBytes: z.int() }).nullable(),
        suggestions: z.array(z.string()),
      }),
    )
    .default([]),
  losses: z.array(z.string()),
  readableBy: z.array(z.string()),
  copyLifetime: z.string(),
  /** SMS parts; 1 elsewhere. */
  segments: z.int(),
  isSimulated: z.boolean(),
});
const previewSchema = shownSchema.extend({
  /** The networks it may go over, in order; the fields beside this are those of the first. */
  networks: z.array(z.string()),
  /** How it arrives where the first network fails and another takes over. */
  fallbacks: z.array(shownSchema).default([]),
  /** Networks of the plan that cannot carry it, and why. */
  notOver: z.array(z.object({ network: z.string(), why: z.string() })).default([]),
});

const storedState = z
  .object({ kind: z.string(), reason: z.string().optional() })
  .transform(({ kind, reason }, context): MessageState => {
    const state = parseState(reason === undefined ? kind : `${kind}:${reason}`);
    if (state) return state;
    context.addIssue({ code: 'custom', message: 'is not a message state' });
    return z.NEVER;
  });

const outgoingSchema = z.object({
  messageId: messageIdField,
  /** Position among everything this device sent. */
  order: z.int(),
  address: z.string(),
  conversation: conversationIdField,
  content: storedBytes,
  createdAtMs: z.int(),
  /** Unix seconds. */
  deliverBefore: z.int(),
  floor: z.enum(['sealed', 'clear']),
  onUnknown: z.enum(['report', 'resend']),
  /** `null` until the gateway has answered for it. */
  state: storedState.nullable(),
  gatewayId: z.string().nullable(),
  /** Clear networks the person allowed for this message, in order. */
  permitted: z.array(z.string()).nullable(),
  preview: previewSchema.nullable(),
  statement: signedDocument.nullable(),
  /** The account that granted, where a link of its owner's leads this message to another one of theirs. */
  ledFrom: z.string().nullable().default(null),
  /** It goes to this account and is led to no other, or to no other again. */
  stays: z.boolean().default(false),
  /** The sealed request as submitted, sent again as it is when its outcome is not known. */
  request: z.string().nullable(),
});

/** What a person agreed to for a conversation, as they were shown it. */
const shownPermissionSchema = z.object({
  address: z.string(),
  /** Unix seconds. */
  until: z.int(),
  networks: z.array(
    z.object({
      network: z.string(),
      readableBy: z.array(z.string()),
      copyLifetime: z.string(),
      isSimulated: z.boolean(),
    }),
  ),
});
const permissionSchema = shownPermissionSchema.extend({
  statementId: z.string(),
  /** Hides the digests in the statement; sealed into every body that goes under it. */
  secret: storedBytes,
  statement: signedDocument,
});

const historySchema = z.object({
  messageId: messageIdField,
  order: z.int(),
  direction: z.enum(['received', 'sent', 'synced']),
  from: z.string(),
  to: z.string(),
  conversation: conversationIdField,
  network: z.string(),
  atMs: z.int(),
  /** `null` once deleted. */
  content: storedBytes.nullable(),
  /** Words of the newest edit, if there was one. */
  editedText: z.string().nullable(),
  state: storedState.nullable(),
  /** The gateway's id, while it may know of the message. */
  gatewayId: z.string().nullable(),
  /** What the other end reported: `read` and the like. */
  report: z.string().nullable(),
  /** Of what arrived: the proof with which it can be reported, for a week. */
  reportToken: storedBytes.nullable().optional(),
});

/** When a message leaves this device by what it says itself. Unix milliseconds. */
const timerSchema = z.object({ dueAtMs: z.int() });
/** What the account asked for, as the gateway told it last. Seconds; null where nobody asked. */
const policiesSchema = z.object({
  historySeconds: z.int().nullable(),
  undeliveredSeconds: z.int(),
  /** What may be under way to this device at most, whatever this account asked for its own messages. */
  longestUnderWaySeconds: z.int(),
  conversations: z.array(z.object({ conversation: z.string(), class: z.string(), keepSeconds: z.int() })),
});
/** Heads of the purge ledger that this device was shown, newest last; a ledger has to contain all of them. */
const ledgerSchema = z.object({
  publicKey: storedBytes,
  seen: z.array(z.object({ sequence: z.int(), hash: storedBytes })),
  /** When the newest was shown. */
  newestAtMs: z.int(),
});

const requestSchema = z.object({ request: z.string(), from: z.string(), requestedAt: z.string() });
const unhandledSchema = z.object({ event: z.enum(['message', 'request']), id: z.string(), order: z.int() });
const sealKeySchema = z.object({
  publicKey: storedBytes,
  privateKey: storedBytes,
  madeAtMs: z.int(),
  replacedAtMs: z.int().nullable(),
});
const preKeyStateSchema = z.object({
  nextKeyId: z.int(),
  signedKeyId: z.int(),
  signedAtMs: z.int(),
  replaced: z.array(z.object({ keyId: z.int(), replacedAtMs: z.int() })),
});

const offerSchema = z.object({
  gateway: z.string(),
  registrationId: z.int(),
  identityKey: storedBytes,
  identityPrivateKey: storedBytes,
  token: z.string(),
  ticketKeys: z.object({ publicKey: storedBytes, privateKey: storedBytes }),
  offer: z.string(),
});

export type KnownPolicies = z.output<typeof policiesSchema>;
export type SeenLedger = z.output<typeof ledgerSchema>;
export type Pin = z.output<typeof pinSchema>;
export type Self = z.output<typeof selfSchema>;
export type Peer = z.output<typeof peerSchema>;
export type ConversationRecord = z.output<typeof conversationSchema>;
export type ContactRecord = z.output<typeof contactSchema>;
export type OutgoingRecord = z.output<typeof outgoingSchema>;
export type HistoryRecord = z.output<typeof historySchema>;
export type RequestRecord = z.output<typeof requestSchema>;
export type PreKeyState = z.output<typeof preKeyStateSchema>;
export type OfferRecord = z.output<typeof offerSchema>;
export type ShownPermission = z.output<typeof shownPermissionSchema>;
export type PermissionRecord = z.output<typeof permissionSchema>;
export type Preview = z.output<typeof previewSchema>;
/** One network of a preview. */
export type ShownMessage = z.output<typeof shownSchema>;

/** Everything a device keeps besides its Signal state, each collection with its key. */
export const RECORDS = {
  /** 'self' */
  self: { name: 'self', schema: remembered(selfSchema) },
  /** 'current' */
  offer: { name: 'offer', schema: remembered(offerSchema) },
  /** mimi:// address */
  peer: { name: 'peer', schema: remembered(peerSchema) },
  /** account id -> mimi:// address */
  addressOfAccount: { name: 'address-of-account', schema: z.string() },
  /** conversation id */
  conversation: { name: 'conversation', schema: remembered(conversationSchema) },
  /** tel: or contact: address */
  contact: { name: 'contact', schema: remembered(contactSchema) },
  /** tel: address */
  permission: { name: 'permission', schema: remembered(permissionSchema) },
  /** message id */
  outgoing: { name: 'outgoing', schema: remembered(outgoingSchema) },
  /** message id */
  history: { name: 'history', schema: remembered(historySchema) },
  /** former message id -> the id it was submitted under in the end */
  moved: { name: 'moved', schema: messageIdField },
  /** conversation id, or empty for the account: the switches as last known */
  privacy: { name: 'privacy', schema: remembered(privacySchema) },
  /** request id */
  request: { name: 'request', schema: remembered(requestSchema) },
  /** event and id */
  unhandled: { name: 'unhandled', schema: remembered(unhandledSchema), isResident: true },
  /** inbox item id */
  seen: { name: 'seen', schema: z.boolean() },
  /** seal key id */
  sealKey: { name: 'seal-key', schema: remembered(sealKeySchema) },
  /** 'current' */
  preKeys: { name: 'pre-key-state', schema: remembered(preKeyStateSchema) },
  /** message id */
  timer: { name: 'timer', schema: remembered(timerSchema), isResident: true },
  /** 'current' */
  policies: { name: 'policies', schema: remembered(policiesSchema) },
  /** 'seen' */
  ledger: { name: 'ledger', schema: remembered(ledgerSchema) },
  /** name of the counter */
  counter: { name: 'counter', schema: z.int() },
} as const;
