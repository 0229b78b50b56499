import type { SmsMessage } from './sms-message.js';

type Form = Readonly<Record<string, string>>;

const ids = (message: SmsMessage): Form => ({
  MessageSid: message.sid,
  SmsSid: message.sid,
  AccountSid: message.accountSid,
  From: message.from,
  To: message.to,
  ApiVersion: '2010-04-01',
});

/** YYMMDDhhmm without a zone, as carriers write it. */
const doneDate = (ms: number): string => new Date(ms).toISOString().replace(/\D/g, '').slice(2, 12);

/** The form of a status callback, twilio.com/docs/usage/webhooks/messaging-webhooks. */
export function statusForm(message: SmsMessage): Form {
  const isReport = message.status === 'delivered' || message.status === 'undelivered';
  return {
    ...ids(message),
    MessageStatus: message.status,
    SmsStatus: message.status,
    ...(message.errorCode === undefined ? {} : { ErrorCode: String(message.errorCode) }),
    ...(isReport ? { RawDlrDoneDate: doneDate(message.updatedAtMs) } : {}),
  };
}

/** The form of an inbound message. */
export function inboundForm(message: SmsMessage): Form {
  return {
    ...ids(message),
    SmsMessageSid: message.sid,
    SmsStatus: 'received',
    Body: message.body,
    NumMedia: '0',
    NumSegments: String(message.segments),
    FromCountry: '',
    ToCountry: '',
  };
}
