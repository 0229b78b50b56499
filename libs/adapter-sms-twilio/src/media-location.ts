const MEDIA_PATH =
  /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})\/Messages\/((?:SM|MM)[0-9a-f]{32})\/Media\/(ME[0-9a-f]{32})(?:\.json)?$/;

/** Where one file of a message lies at Twilio. */
export interface MediaLocation {
  readonly accountSid: string;
  readonly messageSid: string;
  readonly mediaSid: string;
}

/**
 * Reads the address of a `MediaUrl`. Of what a webhook says only the three SIDs are kept: the address that is called is built
 * from the configuration, so that no webhook, however it came about, can make us call another host.
 */
export function readMediaLocation(url: string): MediaLocation | undefined {
  if (!URL.canParse(url)) return undefined;
  const [, accountSid, messageSid, mediaSid] = MEDIA_PATH.exec(new URL(url).pathname) ?? [];
  return accountSid && messageSid && mediaSid ? { accountSid, messageSid, mediaSid } : undefined;
}

/** Twilio itself. */
export const TWILIO_API = 'https://api.twilio.com';

/** The address of a file on the configured API. */
export const mediaUrl = (apiUrl: string | undefined, { accountSid, messageSid, mediaSid }: MediaLocation): string =>
  `${(apiUrl ?? TWILIO_API).replace(/\/+$/, '')}/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${mediaSid}`;
