import { CONSENT_POLICIES } from '@causeway/message-model';
import { z } from 'zod';
import {
  boxIdField,
  bytesField,
  contactIdField,
  conversationIdField,
  keyIdField,
  messageIdField,
  nativeAddressField,
  transitIdField,
} from './fields.js';
import { acceptedSchema, messageStateSchema } from './messages.js';
import { ledgerHeadSchema } from './retention.js';
import { reportStampSchema } from './reports.js';

export const consentRequestSchema = z.object({
  request: z.string(),
  from: nativeAddressField,
  requestedAt: z.string(),
});

/** Things a device is told that are not messages: metadata only. */
export const deviceEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message-state'),
    id: z.string(),
    messageId: z.string(),
    state: messageStateSchema,
    network: z.string().optional(),
    at: z.string(),
  }),
  z.object({ type: z.literal('consent-request'), ...consentRequestSchema.shape }),
  z.object({
    type: z.literal('consent-granted'),
    peer: nativeAddressField,
    conversation: conversationIdField,
    at: z.string(),
  }),
  /** Whoever asked took it back before there was an answer. */
  z.object({ type: z.literal('consent-cancelled'), request: z.string(), from: nativeAddressField, at: z.string() }),
  /** Somebody saw another account key of this account than before, and holds back what they wrote until they looked at it. */
  z.object({
    type: z.literal('key-change-held'),
    from: nativeAddressField,
    conversation: conversationIdField,
    at: z.string(),
  }),
  /** A conversation takes another way from now on; told to both ends. */
  z.object({
    type: z.literal('route-switched'),
    conversation: conversationIdField,
    from: nativeAddressField,
    network: z.string(),
    confidentiality: z.enum(['sealed', 'clear']),
    /** Of a native way: the account that it leads to. */
    address: nativeAddressField.optional(),
    at: z.string(),
  }),
]);

export const inboxItemSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('box'),
    id: transitIdField,
    boxId: boxIdField,
    sealKeyId: keyIdField,
    box: bytesField({ max: 80 * 1024 }),
    /** Of what somebody else sent: with it the message can be reported. */
    report: reportStampSchema.optional(),
  }),
  z.object({ kind: z.literal('event'), id: transitIdField, event: deviceEventSchema }),
]);

export const inboxPageSchema = z.object({
  items: z.array(inboxItemSchema),
  hasMore: z.boolean(),
  /** The end of the purge ledger now; missing before the first purge. */
  ledger: ledgerHeadSchema.optional(),
});
export const acknowledgeSchema = z.object({ ids: z.array(transitIdField).min(1).max(256) });

/** RFC 9457 problem document; `code` is stable. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

/** Largest frame a device sends, bytes; a message that does not fit goes as a request. */
export const MAX_FRAME_BYTES = 64 * 1024;

/**
 * Frames of `GET /v1/socket`, JSON text. An item is pushed again on every connection until it is acknowledged. `accepted` and `refused` answer
 * a `submit`, in whatever order the answers are there.
 */
export const serverFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('item'), item: inboxItemSchema }),
  z.object({ type: z.literal('accepted'), message: acceptedSchema }),
  /** The whole problem document, with the members its code adds. */
  z.object({ type: z.literal('refused'), messageId: z.string(), problem: z.looseObject(problemSchema.shape) }),
  z.object({ type: z.literal('caught-up'), ledger: ledgerHeadSchema.optional() }),
  z.object({ type: z.literal('problem'), code: z.string(), title: z.string() }),
]);
export const clientFrameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('acknowledge'), ids: z.array(transitIdField).min(1).max(256) }),
  /** `message` is what `POST /v1/messages` takes. What does not fit is refused by its name, so that its fault ends no connection. */
  z.object({ type: z.literal('submit'), message: z.looseObject({ messageId: messageIdField }) }),
]);

export const requestPageSchema = z.object({ requests: z.array(consentRequestSchema), next: z.string().optional() });
export const grantedSchema = z.object({ peer: nativeAddressField, conversation: conversationIdField });
export const consentPolicySchema = z.object({ policy: z.enum(CONSENT_POLICIES) });
export const decideConsentSchema = z.union([
  z.object({ peer: nativeAddressField, decision: z.enum(['grant', 'revoke', 'cancel']) }),
  z.object({ contact: contactIdField, decision: z.enum(['grant', 'revoke']) }),
]);

export type DeviceEvent = z.infer<typeof deviceEventSchema>;
export type DeviceEventInput = z.input<typeof deviceEventSchema>;
export type InboxItem = z.infer<typeof inboxItemSchema>;
export type ServerFrame = z.infer<typeof serverFrameSchema>;
export type ServerFrameInput = z.input<typeof serverFrameSchema>;
export type ClientFrame = z.infer<typeof clientFrameSchema>;
export type ConsentRequest = z.infer<typeof consentRequestSchema>;
export type Problem = z.infer<typeof problemSchema>;
