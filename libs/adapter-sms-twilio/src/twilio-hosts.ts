const TWILIO_HOST = /(?:^|\.)twilio\.com$/;
const REGIONAL = /^api\.([a-z0-9-]+\.[a-z0-9-]+)\.twilio\.com$/;

/** Whether an API address is Twilio's own, for example that of another region, and not something that stands for it. */
export const isTwilioApi = (apiUrl: string): boolean =>
  URL.canParse(apiUrl) && new URL(apiUrl).protocol === 'https:' && TWILIO_HOST.test(new URL(apiUrl).hostname);

/**
 * The region of an address like `https://api.dublin.ie1.twilio.com`, `us1` of any other
 * (twilio.com/docs/global-infrastructure: host, edge location, region).
 */
export const twilioRegion = (apiUrl: string): string =>
  (URL.canParse(apiUrl) ? REGIONAL.exec(new URL(apiUrl).hostname)?.[1]?.split('.')[1] : undefined) ?? 'us1';

/** Where a call goes that the SDK meant for `hostname`: a regional address has a host for each API, others have one for all. */
export function rootFor(hostname: string, apiUrl: string): string {
  const [, place] = REGIONAL.exec(new URL(apiUrl).hostname) ?? [];
  const [api = 'api'] = hostname.split('.');
  return place === undefined ? apiUrl : `https://${api}.${place}.twilio.com`;
}
