import { randomBytes } from 'node:crypto';

export type SmsStatus =
  | 'accepted'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'partially_delivered'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'canceled'
  | 'received';

const FINAL: ReadonlySet<SmsStatus> = new Set(['delivered', 'undelivered', 'failed', 'canceled', 'received']);

/** One Message resource of the carrier. */
export interface SmsMessage {
  readonly sid: string;
  readonly accountSid: string;
  readonly direction: 'outbound-api' | 'outbound-reply' | 'inbound';
  readonly from: string;
  readonly to: string;
  readonly segments: number;
  readonly createdAtMs: number;
  readonly validitySeconds: number;
  readonly statusCallback: string | undefined;
  readonly discardsContent: boolean;
  readonly obfuscatesAddress: boolean;
  readonly media: readonly string[];
  readonly messagingServiceSid: string | undefined;
  body: string;
  status: SmsStatus;
  errorCode: number | undefined;
  sentAtMs: number | undefined;
  updatedAtMs: number;
}

/** `MM` of a message with files. */
export const mintSid = (hasFiles: boolean): string => `${hasFiles ? 'MM' : 'SM'}${randomBytes(16).toString('hex')}`;

export const isFinal = (message: SmsMessage): boolean => FINAL.has(message.status);

/** When Twilio would say it was sent: a message still queued is found by the time it was created. */
export const listedAtMs = (message: SmsMessage): number => message.sentAtMs ?? message.createdAtMs;

const rfc2822 = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');

const masked = (e164: string): string => `${e164.slice(0, -4)}XXXX`;

/** The JSON of twilio.com/docs/messaging/api/message-resource: counts are strings, dates RFC 2822. */
export function renderMessage(message: SmsMessage): Readonly<Record<string, unknown>> {
  const uri = `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}`;
  const shown = message.obfuscatesAddress && isFinal(message) ? masked : (e164: string) => e164;
  return {
    body: message.body,
    num_segments: String(message.segments),
    direction: message.direction,
    from: message.direction === 'inbound' ? shown(message.from) : message.from,
    to: message.direction === 'inbound' ? message.to : shown(message.to),
    date_updated: rfc2822(message.updatedAtMs),
    price: null,
    error_message: null,
    uri: `${uri}.json`,
    account_sid: message.accountSid,
    num_media: String(message.media.length),
    status: message.status,
    messaging_service_sid: message.messagingServiceSid ?? null,
    sid: message.sid,
    date_sent: message.sentAtMs === undefined ? null : rfc2822(message.sentAtMs),
    date_created: rfc2822(message.createdAtMs),
    error_code: message.errorCode ?? null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    subresource_uris: { media: `${uri}/Media.json` },
  };
}
