import { z } from 'zod';
import {
  bytesField,
  boxIdField,
  contactIdField,
  conversationIdField,
  deviceIdField,
  keyIdField,
  messageIdField,
  nativeAddressField,
  registrationIdField,
  signedField,
  unixSecondsField,
} from './fields.js';
import { clearNetworkField, MAX_NETWORKS } from './routes.js';

/** One box for one device; `registrationId` says which installation it was sealed for. */
export const nativeBoxSchema = z.object({
  deviceId: deviceIdField,
  registrationId: registrationIdField,
  sealKeyId: keyIdField,
  boxId: boxIdField,
  box: bytesField({ max: 80 * 1024 }),
});

const nativeBodySchema = z.object({
  leg: z.literal('native'),
  planDigest: z.string().max(64),
  /** One box for every device of the recipient. */
  recipient: z.array(nativeBoxSchema).min(1).max(127),
  /** Sync copies: one box for every other device of the sender. */
  sync: z.array(nativeBoxSchema).max(126),
});

const clearBodySchema = z.object({
  leg: z.literal('clear'),
  planDigest: z.string().max(64),
  networks: z.array(clearNetworkField).min(1).max(MAX_NETWORKS),
  keyId: z.string().max(64),
  box: bytesField({ max: 80 * 1024 }),
  statement: signedField,
  /** Sync copies of the message for the sender's other devices. */
  sync: z.array(nativeBoxSchema).max(126),
});

/** Nothing but the fact that there is a message: the words stay on the device until `reason` is gone. */
const headerOnlySchema = z.object({
  leg: z.literal('none'),
  reason: z.enum(['consent', 'downgrade', 'route', 'key-change']),
});

export const messageTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('conversation'), conversation: conversationIdField }),
  z.object({ kind: z.literal('contact'), contact: contactIdField, conversation: conversationIdField }),
  /** Without a grant: the conversation id is the sender's proposal and becomes real with the grant. */
  z.object({ kind: z.literal('address'), address: nativeAddressField, conversation: conversationIdField }),
]);

export const sendMessageSchema = z.object({
  messageId: messageIdField,
  to: messageTargetSchema,
  floor: z.enum(['sealed', 'clear']).default('sealed'),
  deliverBefore: unixSecondsField,
  /** What to do when a carrier's answer was lost and it shows no trace of the message: say so, or send once more. */
  onUnknown: z.enum(['report', 'resend']).default('report'),
  body: z.discriminatedUnion('leg', [nativeBodySchema, clearBodySchema, headerOnlySchema]),
});

export const messageStateSchema = z.object({
  kind: z.enum([
    'accepted',
    'waiting-on-sender',
    'ready',
    'sending',
    'sent',
    'delivered',
    'failed',
    'expired',
    'cancelled',
    'unconfirmed',
  ]),
  reason: z.string().optional(),
});

export const acceptedSchema = z.object({
  id: z.string(),
  messageId: z.string(),
  state: messageStateSchema,
  deliverBefore: unixSecondsField,
});

export const attemptSchema = z.object({
  attempt: z.int(),
  network: z.string(),
  isSimulated: z.boolean(),
  outcome: z.string(),
  vendorCode: z.string().optional(),
  segments: z.int().optional(),
  startedAt: z.string(),
});

export const hopSchema = z.object({
  network: z.string(),
  isSimulated: z.boolean(),
  readableBy: z.array(z.string()),
  region: z.string(),
  copyLifetime: z.string(),
});

/** What the sender can ask about a message: never a word of it. */
export const messageStatusSchema = acceptedSchema.extend({
  conversation: z.string(),
  leg: z.enum(['native', 'clear', 'none']),
  /** A head that stepped aside after blocking its lane for two minutes. */
  isDelayed: z.boolean(),
  attempts: z.array(attemptSchema),
  hops: z.array(hopSchema),
});

export const messagePageSchema = z.object({ messages: z.array(messageStatusSchema), next: z.string().optional() });

export type NativeBox = z.infer<typeof nativeBoxSchema>;
export type SendMessageRequest = z.infer<typeof sendMessageSchema>;
export type SendMessageInput = z.input<typeof sendMessageSchema>;
export type MessageTarget = z.infer<typeof messageTargetSchema>;
export type MessageBody = SendMessageRequest['body'];
export type AcceptedMessage = z.infer<typeof acceptedSchema>;
export type MessageStatus = z.infer<typeof messageStatusSchema>;
export type AttemptDescription = z.infer<typeof attemptSchema>;
export type HopDescription = z.infer<typeof hopSchema>;
