import type { ConsentWord, InboundEvent, InboundMedia, InboundMessage } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import { readConsentWord } from './consent-words.js';
import { readStatus } from './message-status.js';
import type { WebhookForm } from './webhook-form.js';

const SID = /^(SM|MM)[0-9a-f]{32}$/;
const E164 = /^\+[1-9]\d{6,14}$/;
const SMALL_NUMBER = /^\d{1,5}$/;

const matching = (form: WebhookForm, name: string, pattern: RegExp): string | undefined => {
  const value = form.get(name);
  return value !== undefined && pattern.test(value) ? value : undefined;
};

/** A status callback. `undefined` when it is not one; no event for a status we do not know. */
export function readReceipt(form: WebhookForm, ref: string): readonly InboundEvent[] | undefined {
  const externalId = matching(form, 'MessageSid', SID);
  const status = form.get('MessageStatus');
  if (externalId === undefined || status === undefined) return undefined;
  const errorCode = matching(form, 'ErrorCode', SMALL_NUMBER);
  const standing = readStatus(status, errorCode === undefined ? undefined : Number(errorCode));
  return standing === undefined ? [] : [{ kind: 'receipt', ref, externalId, ...standing }];
}

/**
 * Names documented between `Body` and `From` in the order of signing. Twilio signs names and values run together, so a
 * recorded request could be cut again, "Call Dad" into `Body=Call ` and `Dad=`, under the same signature. An unknown
 * name right behind the body is therefore refused; a field Twilio adds there one day costs us the webhook and not the
 * message, which the sweep of received messages still brings.
 */
const MAY_FOLLOW_BODY = new Set([
  'ButtonPayload',
  'ButtonText',
  'ButtonType',
  'ChannelInstallSid',
  'ChannelMetadata',
  'ChannelPrefix',
  'ChannelToAddress',
  'Forwarded',
  'FrequentlyForwarded',
  'From',
]);

const isBodyWhole = (form: WebhookForm): boolean => {
  const follower = form.names[form.names.indexOf('Body') + 1];
  return follower !== undefined && MAY_FOLLOW_BODY.has(follower);
};

/** An inbound message, and the consent word in it if it is one. `undefined` when it is not a message. */
export function readMessage(form: WebhookForm, nowMs: number): readonly InboundEvent[] | undefined {
  const externalId = matching(form, 'MessageSid', SID);
  const from = matching(form, 'From', E164);
  const to = matching(form, 'To', E164);
  const text = form.get('Body');
  const media = readMedia(form);
  if (externalId === undefined || from === undefined || to === undefined || text === undefined) return undefined;
  if (media === undefined || !isBodyWhole(form)) return undefined;
  const people = { externalId, from: new Plaintext(from), to };
  const message = { kind: 'message', ...people, text: new Plaintext(text), media, receivedAtMs: nowMs } as const;
  return withConsentWord(message, form.get('OptOutType'));
}

/** A message, and the consent word that it is, if it is one. `optOutType` is Twilio's own reading, where it gives one. */
export function withConsentWord(
  message: InboundMessage,
  optOutType?: string,
): readonly (InboundMessage | ConsentWord)[] {
  const { externalId, from, to } = message;
  const word = readConsentWord(message.text.reveal(), optOutType);
  return word === undefined ? [message] : [message, { externalId, from, to, ...word }];
}

function readMedia(form: WebhookForm): readonly InboundMedia[] | undefined {
  const count = Number(matching(form, 'NumMedia', SMALL_NUMBER) ?? '0');
  const media: InboundMedia[] = [];
  for (let index = 0; index < Math.min(count, 10); index += 1) {
    const url = form.get(`MediaUrl${index}`);
    const contentType = form.get(`MediaContentType${index}`);
    if (url === undefined || contentType === undefined) return undefined;
    media.push({ url: new Plaintext(url), contentType });
  }
  return media;
}
