import { countSegments } from '@causeway/message-model';
import { mediaOf, refuseUndeclared, textsOf, type ClearOutbound, type NotDelivered } from '@causeway/network-adapter';
import { MMS_CAPABILITIES, SMS_CAPABILITIES } from './sms-capabilities.js';
import type { TwilioSmsOptions } from './twilio-sms-options.js';
import { smsWebhookUrls } from './webhook-urls.js';

/** What we know Twilio would refuse, or what must not be sent any more: answered without a call. */
export function refuseBeforeCall(outbound: ClearOutbound, options: TwilioSmsOptions): NotDelivered | undefined {
  const refused = (reason: NotDelivered['reason']): NotDelivered => ({
    kind: 'failed',
    reason,
    retry: 'never',
    certainty: 'not-sent',
  });
  if (!options.bridgeNumbers.includes(outbound.from)) return refused('misconfigured');
  // no SMS is end-to-end encrypted
  if (outbound.isEncryptionRequired) return refused('encryption-unavailable');
  // whether the country takes files is the caller's question to `capabilities`; a number alone does not say it
  const capabilities = options.sendsMedia === true ? MMS_CAPABILITIES : SMS_CAPABILITIES;
  return refuseUndeclared(outbound, capabilities, options.clock.nowMs());
}

const wordsOf = ({ body }: ClearOutbound): string =>
  textsOf(body)
    .map((text) => text.reveal())
    .join('\n');

/** What it takes of a number's rate: its parts, and one for a message of files. */
export const segmentsOf = (outbound: ClearOutbound): number =>
  mediaOf(outbound.body).length > 0 ? 1 : countSegments(wordsOf(outbound)).segments;

const SHORTEST_VALIDITY_SECONDS = 5;
const LONGEST_VALIDITY_SECONDS = 36_000;

/** Whole seconds, rounded down so that nothing is delivered after its time, within what Twilio takes. */
export function validitySeconds(expiresAtMs: number, nowMs: number): number {
  const left = Math.floor((expiresAtMs - nowMs) / 1_000);
  return Math.min(Math.max(left, SHORTEST_VALIDITY_SECONDS), LONGEST_VALIDITY_SECONDS);
}

/** The parameters of `POST Messages.json`, as the SDK names them. */
export function createParameters(outbound: ClearOutbound, options: TwilioSmsOptions) {
  const { expiresAtMs } = outbound;
  const words = wordsOf(outbound);
  const mediaUrl = mediaOf(outbound.body).map(({ url }) => url.reveal());
  return {
    to: outbound.to.reveal(),
    from: outbound.from,
    ...(words === '' ? {} : { body: words }),
    ...(mediaUrl.length === 0 ? {} : { mediaUrl }),
    statusCallback: smsWebhookUrls(options.publicWebhookUrl).statusOf(outbound.ref),
    contentRetention: options.contentRetention ?? 'discard',
    addressRetention: options.addressRetention ?? 'retain',
    // Twilio would otherwise replace look-alike characters: the text is what its sender was shown
    smartEncoded: false,
    ...(expiresAtMs === null ? {} : { validityPeriod: validitySeconds(expiresAtMs, options.clock.nowMs()) }),
  };
}
