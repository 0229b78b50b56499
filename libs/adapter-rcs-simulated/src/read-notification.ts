import { z } from 'zod';
import type { InboundEvent, InboundMessage, ReceiptStatus } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import { readConsentWord } from './consent-words.js';
import type { RcsAgent } from './rcs-options.js';

const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/);
const ID = z.string().min(1).max(256);

const USER_FILE = z.object({
  payload: z.object({
    mimeType: z.string().min(1).max(256),
    fileUri: z.url({ protocol: /^https?$/ }),
    fileSizeBytes: z.coerce.number().int().min(0).optional(),
  }),
});

/** What a person sent; exactly one of the four. */
const USER_MESSAGE = z
  .object({
    agentId: ID,
    senderPhoneNumber: E164,
    messageId: ID,
    sendTime: z.string().optional(),
    text: z.string().optional(),
    suggestionResponse: z.object({ postbackData: z.string(), text: z.string() }).optional(),
    location: z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }).optional(),
    userFile: USER_FILE.optional(),
  })
  .refine(
    ({ text, suggestionResponse, location, userFile }) =>
      [text, suggestionResponse, location, userFile].filter((each) => each !== undefined).length === 1,
  );

/** Of a person (`senderPhoneNumber`) or of the network itself (`phoneNumber`). */
const EVENT = z.object({
  agentId: ID,
  eventType: z.string().min(1).max(100),
  eventId: ID,
  senderPhoneNumber: E164.optional(),
  phoneNumber: E164.optional(),
  messageId: ID.optional(),
});

/** A network that could not take an expired message back has ended nothing: the message may be anywhere. */
const RECEIPTS = new Map<string, ReceiptStatus>([
  ['DELIVERED', 'delivered'],
  ['READ', 'displayed'],
  ['TTL_EXPIRATION_REVOKED', 'expired'],
  ['TTL_EXPIRATION_REVOKE_FAILED', 'sent'],
]);

interface Reading {
  readonly agents: readonly RcsAgent[];
  readonly nowMs: number;
}

export type Notification = readonly InboundEvent[] | 'malformed' | 'wrong-account';

/** Reads the signed bytes of a notification. An event of a kind that is new to us is read as nothing, so that the network does not repeat it. */
export function readNotification(signed: Uint8Array, reading: Reading): Notification {
  const inner = parsed(signed);
  const event = EVENT.safeParse(inner);
  if (event.success) return readEvent(event.data, reading);
  const message = USER_MESSAGE.safeParse(inner);
  return message.success ? readMessage(message.data, reading) : 'malformed';
}

function readEvent(event: z.infer<typeof EVENT>, { agents }: Reading): Notification {
  const to = bridgeNumberOf(event.agentId, agents);
  if (to === undefined) return 'wrong-account';
  const { eventType, eventId, messageId, senderPhoneNumber, phoneNumber } = event;
  const status = RECEIPTS.get(eventType);
  if (status !== undefined) {
    if (messageId === undefined) return 'malformed';
    return [{ kind: 'receipt', ref: undefined, externalId: messageId, status, vendorCode: eventType }];
  }
  const number = senderPhoneNumber ?? phoneNumber;
  if (number === undefined) return 'malformed';
  const person = { externalId: eventId, from: new Plaintext(number), to };
  switch (eventType) {
    case 'IS_TYPING':
      return [{ kind: 'typing', ...person, isTyping: true }];
    case 'UNSUBSCRIBE':
      return [{ kind: 'opt-out', ...person, scope: 'pair', isWord: false }];
    case 'SUBSCRIBE':
      return [{ kind: 'opt-in', ...person, scope: 'pair' }];
    default:
      return [];
  }
}

function readMessage(given: z.infer<typeof USER_MESSAGE>, { agents, nowMs }: Reading): Notification {
  const to = bridgeNumberOf(given.agentId, agents);
  if (to === undefined) return 'wrong-account';
  const sentAtMs = Date.parse(given.sendTime ?? '');
  const person = { externalId: given.messageId, from: new Plaintext(given.senderPhoneNumber), to };
  const message: InboundMessage = {
    kind: 'message',
    ...person,
    text: new Plaintext(wordsOf(given)),
    media: given.userFile ? [mediaOf(given.userFile)] : [],
    ...(given.suggestionResponse
      ? { suggestion: { postback: new Plaintext(given.suggestionResponse.postbackData) } }
      : {}),
    receivedAtMs: Number.isNaN(sentAtMs) ? nowMs : sentAtMs,
  };
  const word = given.text === undefined ? undefined : readConsentWord(given.text);
  if (word === undefined) return [message];
  return [message, word === 'help' ? { kind: word, ...person } : { kind: word, ...person, scope: 'pair' }];
}

/** A place is said as its `geo:` URI, RFC 5870. */
const wordsOf = ({ text, suggestionResponse, location }: z.infer<typeof USER_MESSAGE>): string =>
  text ??
  suggestionResponse?.text ??
  (location ? `geo:${decimal(location.latitude)},${decimal(location.longitude)}` : '');

/** To a centimetre: a `geo:` URI has no exponents, and no minus before nothing. */
const decimal = (degrees: number): string => (Number(degrees.toFixed(7)) + 0).toFixed(7).replace(/\.?0+$/, '');

const mediaOf = ({ payload }: z.infer<typeof USER_FILE>): InboundMessage['media'][number] => ({
  url: new Plaintext(payload.fileUri),
  contentType: payload.mimeType,
  ...(payload.fileSizeBytes === undefined ? {} : { sizeBytes: payload.fileSizeBytes }),
});

const bridgeNumberOf = (agentId: string, agents: readonly RcsAgent[]): string | undefined =>
  agents.find((agent) => agent.agentId === agentId)?.bridgeNumber;

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
