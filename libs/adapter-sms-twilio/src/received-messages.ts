import type { InboundMedia, InboundMessage } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import { mediaUrl } from './media-location.js';
import type { Messages } from './twilio-calls.js';
import { withConsentWord } from './read-events.js';
import type { TwilioSmsOptions } from './twilio-sms-options.js';

const PAGE_SIZE = 200;

type Listed = Awaited<ReturnType<Messages['list']>>[number];

/** The events of what a number received, oldest first, equal to those of the webhooks that may never have come. */
export async function listReceived(
  messages: Messages,
  question: { readonly bridgeNumber: string; readonly sinceMs: number; readonly options: TwilioSmsOptions },
) {
  const { bridgeNumber, sinceMs, options } = question;
  const found = await messages.list({ to: bridgeNumber, dateSentAfter: new Date(sinceMs), pageSize: PAGE_SIZE });
  const received: InboundMessage[] = [];
  for (const message of found) {
    // one that Twilio is still receiving has not all its files
    if (message.direction !== 'inbound' || message.status !== 'received') continue;
    received.push({
      kind: 'message',
      externalId: message.sid,
      from: new Plaintext(message.from),
      to: message.to,
      text: new Plaintext(message.body),
      media: await mediaOf(messages, message, options),
      receivedAtMs: message.dateCreated.getTime(),
    });
  }
  return received.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs).flatMap((message) => withConsentWord(message));
}

/** One call more for a message with files, and none for the others. */
async function mediaOf(messages: Messages, message: Listed, options: TwilioSmsOptions): Promise<InboundMedia[]> {
  if (Number(message.numMedia) === 0) return [];
  const files = await messages(message.sid).media.list({ pageSize: PAGE_SIZE });
  const { accountSid, apiUrl } = options;
  return files.map(({ sid, contentType }) => ({
    url: new Plaintext(mediaUrl(apiUrl, { accountSid, messageSid: message.sid, mediaSid: sid })),
    contentType,
  }));
}
