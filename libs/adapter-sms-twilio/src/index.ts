export { TwilioSmsAdapter, SMS_NETWORK } from './twilio-sms-adapter.js';
export { SMS_CAPABILITIES } from './sms-capabilities.js';
export { smsWebhookUrls, type SmsWebhookUrls } from './webhook-urls.js';
export type { TwilioSmsOptions } from './twilio-sms-options.js';
export { isTwilioApi, twilioRegion } from './twilio-hosts.js';
export {
  AccountProblem,
  openTwilioAccount,
  type AccountOptions,
  type TwilioAccount,
  type TwilioNumber,
  type TwilioService,
} from './twilio-account.js';
export { usualSegmentsPerSecond } from './sender-pace.js';
export { TWILIO_ERRORS } from './twilio-errors.js';
export type { TwilioErrorMeaning } from './error-meaning.js';
