import twilio from 'twilio';
import { say, type Answer } from './raw-device.js';

export interface Webhook {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  readonly authToken: string;
  /** Instead of the right one. */
  readonly signature?: string;
}

/** A form as the carrier posts it, signed as the carrier signs. */
export function postWebhook({ url, form, authToken, signature }: Webhook): Promise<Answer> {
  return say(url, 'POST', {
    text: new URLSearchParams(form).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature ?? twilio.getExpectedTwilioSignature(authToken, url, { ...form }),
    },
  });
}
