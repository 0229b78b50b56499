/**
 * Twilio signs names and values run together. Whoever has a recorded request can therefore cut it anew under the same
 * signature: "Call Dad" into `Body=Call ` and `Dad=`, or a text "hiFrom+1415...FromCity" into another sender. What follows are
 * the rules by which only the cut that Twilio made passes. A field Twilio adds one day that breaks one of them costs us the
 * webhook and not the message, which the sweep of received messages still brings.
 */

/** Names that mean something to us: each is a field of its own or not there at all, never a piece of another. */
const OURS = [
  'AccountSid',
  'MessageSid',
  'MessageStatus',
  'ErrorCode',
  'OptOutType',
  'NumMedia',
  'NumSegments',
  'MediaUrl',
  'MediaContentType',
] as const;

/** Documented names that hold one of ours as a piece. */
const MAY_HOLD =
  /^(?:SmsMessageSid|OriginalRepliedMessageSid|ReferralNumMedia|MediaUrl\d{1,2}|MediaContentType\d{1,2})$/;
const NAME = /^[A-Za-z][A-Za-z0-9._]{0,63}$/;
const holdsOurs = (text: string): boolean =>
  OURS.some((name) => text.includes(name)) || /(?:From|To)(?:%2B|\+)\d/.test(text);

/** What each of our fields looks like, so that none can have swallowed the one behind it. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  AccountSid: /^AC[0-9a-f]{32}$/,
  ApiVersion: /^\d{4}-\d{2}-\d{2}$/,
  ErrorCode: /^\d{1,6}$/,
  From: /^\+[1-9]\d{1,14}$/,
  To: /^\+[1-9]\d{1,14}$/,
  MessageSid: /^(?:SM|MM)[0-9a-f]{32}$/,
  SmsSid: /^(?:SM|MM)[0-9a-f]{32}$/,
  SmsMessageSid: /^(?:SM|MM)[0-9a-f]{32}$/,
  MessagingServiceSid: /^(?:MG[0-9a-f]{32})?$/,
  MessageStatus: /^[a-z_]{1,32}$/,
  SmsStatus: /^[a-z_]{1,32}$/,
  NumMedia: /^\d{1,3}$/,
  NumSegments: /^\d{1,3}$/,
  OptOutType: /^(?:STOP|START|HELP)$/,
  RawDlrDoneDate: /^\d{10}$/,
};

/** Whether a form, decoded, is cut as Twilio cut it. */
export function isWhole(fields: Readonly<Record<string, string | readonly string[]>>): boolean {
  const names = Object.keys(fields).toSorted();
  // no documented name of an SMS stands between these two, so what does was cut out of what the person wrote
  const afterBody = names[names.indexOf('Body') + 1];
  if (names.includes('Body') && afterBody !== 'From') return false;
  return names.every((name) => isWholeField(name, fields[name]));
}

function isWholeField(name: string, value: string | readonly string[] | undefined): boolean {
  if (typeof value !== 'string' || !NAME.test(name)) return false;
  const isOurs = OURS.some((one) => one === name) || MAY_HOLD.test(name);
  if (!isOurs && holdsOurs(name)) return false;
  if (name === 'Body') return true;
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
  return shape ? shape.test(value) : !holdsOurs(value);
}
