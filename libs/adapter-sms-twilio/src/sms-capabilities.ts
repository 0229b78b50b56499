import { TEXT_ONLY, type Capabilities } from '@causeway/message-model';

/**
 * What SMS through Twilio carries. 1,600 characters: Twilio's limit of a body. Expiry: `ValidityPeriod`, of which Twilio
 * recommends more than 5 s and takes at most 36,000 (twilio.com/docs/messaging/api/message-resource).
 */
export const SMS_CAPABILITIES: Capabilities = Object.freeze({
  features: Object.freeze({
    ...TEXT_ONLY,
    'expiry-at-time': 'partial',
    'delivery-report': 'full',
  }),
  limits: Object.freeze({ textCharacters: 1_600, expirySecondsMin: 5, expirySecondsMax: 36_000 }),
} as const);

/** Bytes of all files of a message; Twilio refuses more (twilio.com/docs/messaging/guides/accepted-mime-types). */
const MMS_BYTES = 5_000_000;

/** With files as files. `partial`: carriers shrink pictures, and Twilio turns away types it does not know. */
export const MMS_CAPABILITIES: Capabilities = Object.freeze({
  features: Object.freeze({ ...SMS_CAPABILITIES.features, attachment: 'partial' }),
  limits: Object.freeze({ ...SMS_CAPABILITIES.limits, attachmentBytes: MMS_BYTES }),
} as const);

/** Twilio sends MMS within the United States and Canada only; elsewhere it would send a link of its own making. */
const MMS_COUNTRIES = new Set(['US', 'CA']);

/** What is carried to a country, ISO 3166-1 alpha-2; without one, what is carried everywhere. */
export const capabilitiesOf = (sendsMedia: boolean | undefined, country: string | undefined): Capabilities =>
  sendsMedia === true && country !== undefined && MMS_COUNTRIES.has(country) ? MMS_CAPABILITIES : SMS_CAPABILITIES;
