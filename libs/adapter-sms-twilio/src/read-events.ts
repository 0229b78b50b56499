import type { ConsentWord, HelpWord, InboundEvent, InboundMedia, InboundMessage } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import { readConsentWord } from './consent-words.js';
import { readMediaLocation } from './media-location.js';
import { readStatus } from './message-status.js';
import type { WebhookForm } from './webhook-form.js';

const SID = /^(SM|MM)[0-9a-f]{32}$/;
const E164 = /^\+[1-9]\d{6,14}$/;
const SMALL_NUMBER = /^\d{1,5}$/;
const STATUS = /^[a-z_]{1,32}$/;
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/;
const MOST_MEDIA = 10;

const matching = (form: WebhookForm, name: string, pattern: RegExp): string | undefined => {
  const value = form.get(name);
  return value !== undefined && pattern.test(value) ? value : undefined;
};

/** A status callback. `undefined` when it is not one; no event for a status we do not know. */
export function readReceipt(form: WebhookForm, ref: string): readonly InboundEvent[] | undefined {
  const externalId = matching(form, 'MessageSid', SID);
  const status = matching(form, 'MessageStatus', STATUS);
  if (!form.isWhole || externalId === undefined || status === undefined) return undefined;
  const errorCode = matching(form, 'ErrorCode', SMALL_NUMBER);
  const standing = readStatus(status, errorCode === undefined ? undefined : Number(errorCode));
  return standing === undefined ? [] : [{ kind: 'receipt', ref, externalId, ...standing }];
}

/** An inbound message, and the consent word in it if it is one. `undefined` when it is not a message. */
export function readMessage(form: WebhookForm, nowMs: number): readonly InboundEvent[] | undefined {
  const externalId = matching(form, 'MessageSid', SID);
  const from = matching(form, 'From', E164);
  const to = matching(form, 'To', E164);
  const text = form.get('Body');
  const media = readMedia(form);
  if (!form.isWhole || externalId === undefined || from === undefined || to === undefined) return undefined;
  if (text === undefined || media === undefined) return undefined;
  const people = { externalId, from: new Plaintext(from), to };
  const message = { kind: 'message', ...people, text: new Plaintext(text), media, receivedAtMs: nowMs } as const;
  return withConsentWord(message, form.get('OptOutType'));
}

/** A message, and the word that it is, if it is one. `optOutType` is Twilio's own reading, where it gives one. */
export function withConsentWord(
  message: InboundMessage,
  optOutType?: string,
): readonly (InboundMessage | ConsentWord | HelpWord)[] {
  const { externalId, from, to } = message;
  const word = readConsentWord(message.text.reveal(), optOutType);
  return word === undefined ? [message] : [message, { externalId, from, to, ...word }];
}

/** `undefined` when a file that is counted is not named, or is none of Twilio's. */
function readMedia(form: WebhookForm): readonly InboundMedia[] | undefined {
  const count = matching(form, 'NumMedia', SMALL_NUMBER);
  if (count === undefined || Number(count) > MOST_MEDIA) return undefined;
  const media: InboundMedia[] = [];
  for (let index = 0; index < Number(count); index += 1) {
    const url = form.get(`MediaUrl${index}`);
    const contentType = matching(form, `MediaContentType${index}`, MEDIA_TYPE);
    if (url === undefined || readMediaLocation(url) === undefined || contentType === undefined) return undefined;
    media.push({ url: new Plaintext(url), contentType });
  }
  return media;
}
