import { createHmac, timingSafeEqual } from 'node:crypto';
import type {
  ConsentWord,
  HelpWord,
  InboundEvent,
  InboundMessage,
  RawRequest,
  ReceiptStatus,
} from '@causeway/network-adapter';
import { Plaintext, type Secret } from '@causeway/platform';
import { z } from 'zod';

/** The vendor signs the body with HMAC-SHA256, in hexadecimal, in `x-template-signature`. */
export function isSigned({ headers, body }: RawRequest, secret: Secret): boolean {
  const given = Buffer.from(headers['x-template-signature'] ?? '', 'utf8');
  const expected = Buffer.from(createHmac('sha256', secret.reveal()).update(body).digest('hex'), 'utf8');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const number = z.string().regex(/^\+[1-9]\d{6,14}$/);
const webhook = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), id: z.string(), from: number, to: number, text: z.string(), at: z.number() }),
  z.object({ type: z.literal('receipt'), id: z.string(), reference: z.string(), status: z.string() }),
]);

/** The vendor's words for what becomes of a message, in ours. */
const STATUSES: ReadonlyMap<string, ReceiptStatus> = new Map([
  ['queued', 'sending'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'displayed'],
  ['failed', 'failed'],
  ['expired', 'expired'],
]);

/** `undefined` for a status the vendor added since: it says nothing we may act on. */
export const readStatus = (status: unknown): ReceiptStatus | undefined => STATUSES.get(String(status));

/** The events of a webhook whose signature holds; `undefined` when it has another shape than the vendor documents. */
export function readWebhook(body: Uint8Array): readonly InboundEvent[] | undefined {
  const parsed = webhook.safeParse(parseJson(body));
  if (!parsed.success) return undefined;
  const { data: content } = parsed;
  if (content.type === 'receipt') {
    const status = readStatus(content.status);
    return status ? [{ kind: 'receipt', ref: content.reference, externalId: content.id, status }] : [];
  }
  return withWord({
    kind: 'message',
    externalId: content.id,
    from: new Plaintext(content.from),
    to: content.to,
    text: new Plaintext(content.text),
    media: [],
    receivedAtMs: content.at,
  });
}

/** A message, and beside it the word for consent that it is, if it is one: the whole message, in any case. */
function withWord(message: InboundMessage): readonly (InboundMessage | ConsentWord | HelpWord)[] {
  const { externalId, from, to } = message;
  switch (message.text.reveal().trim().toUpperCase()) {
    case 'STOP':
      return [message, { kind: 'opt-out', externalId, from, to, scope: 'pair' }];
    case 'START':
      return [message, { kind: 'opt-in', externalId, from, to, scope: 'pair' }];
    case 'HELP':
      return [message, { kind: 'help', externalId, from, to }];
    default:
      return [message];
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
