import { parseAddress } from '@causeway/message-model';
import { TwilioError } from './twilio-error.js';

/** Names and values of a form or a query as Fastify reads them; a repeated name is a list. */
export type FormFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A create request that passed every check. */
export interface NewMessage {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly media: readonly string[];
  readonly validitySeconds?: number;
  readonly statusCallback?: string | undefined;
  readonly discardsContent?: boolean;
  readonly obfuscatesAddress?: boolean;
  readonly messagingServiceSid?: string | undefined;
}

export const single = (form: FormFields, name: string): string | undefined => {
  const value = form[name];
  return typeof value === 'string' ? value : value?.[0];
};

const isPhone = (text: string): boolean => text.startsWith('+') && parseAddress(text)?.kind === 'phone';

/** Reads the form of `POST Messages.json`. Throws what Twilio answers, in the order Twilio looks. */
export function readNewMessage(form: FormFields, ownNumbers: readonly string[]): NewMessage {
  const to = single(form, 'To') ?? '';
  const messagingServiceSid = single(form, 'MessagingServiceSid');
  const from = single(form, 'From') ?? senderOf(messagingServiceSid, ownNumbers);
  if (to === '') throw TwilioError.of(21604);
  if (from === '') throw TwilioError.of(21603);
  if (!isPhone(to)) throw TwilioError.of(21211);
  if (!isPhone(from)) throw TwilioError.of(21212);
  if (ownNumbers.length > 0 && !ownNumbers.includes(from)) throw TwilioError.of(21606);
  if (to === from) throw TwilioError.of(21266);
  return {
    to,
    from,
    messagingServiceSid,
    ...readBody(form),
    validitySeconds: readValidity(single(form, 'ValidityPeriod')),
    statusCallback: readCallback(single(form, 'StatusCallback')),
    discardsContent: single(form, 'ContentRetention') === 'discard',
    obfuscatesAddress: single(form, 'AddressRetention') === 'obfuscate',
  };
}

/** A messaging service chooses among its senders; here it has every number of the account. */
function senderOf(messagingServiceSid: string | undefined, ownNumbers: readonly string[]): string {
  if (messagingServiceSid === undefined) return '';
  if (!/^MG[0-9a-f]{32}$/.test(messagingServiceSid)) throw TwilioError.of(20404);
  const [first] = ownNumbers;
  if (first === undefined) throw TwilioError.of(21703);
  return first;
}

function readBody(form: FormFields): Pick<NewMessage, 'body' | 'media'> {
  const media = [form['MediaUrl'] ?? []].flat();
  const body = single(form, 'Body') ?? '';
  if (body === '' && media.length === 0) throw TwilioError.of(21602);
  if (body.trim() === '' && media.length === 0) throw TwilioError.of(21619);
  if (body.length > 1_600) throw TwilioError.of(21617);
  return { body, media };
}

function readValidity(text: string | undefined): number {
  const seconds = Number(text ?? '36000');
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 36_000) throw TwilioError.of(90007);
  return seconds;
}

function readCallback(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw TwilioError.of(21609);
  return text;
}
