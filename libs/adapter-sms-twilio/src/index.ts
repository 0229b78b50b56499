export { TwilioSmsAdapter, SMS_NETWORK } from './twilio-sms-adapter.js';
export { SMS_CAPABILITIES } from './sms-capabilities.js';
export { smsWebhookUrls, type SmsWebhookUrls } from './webhook-urls.js';
export type { TwilioSmsOptions } from './twilio-sms-options.js';
export { TWILIO_ERRORS } from './twilio-errors.js';
export type { TwilioErrorMeaning } from './error-meaning.js';
