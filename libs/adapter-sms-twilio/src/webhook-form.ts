import twilio from 'twilio';
import type { RawRequest } from '@causeway/network-adapter';
import type { Secret } from '@causeway/platform';

/** Fields of an authenticated webhook; a name given twice is never read as one value. */
export interface WebhookForm {
  /** Sorted as they were signed. */
  readonly names: readonly string[];
  /** `undefined` when absent or given more than once. */
  get(name: string): string | undefined;
}

/**
 * Twilio's signature over the public URL as configured and the raw form (twilio.com/docs/usage/webhooks/webhooks-security).
 * Decoding the form is all that happens before; nothing is read out of it unless the signature holds.
 */
export function authenticateForm(request: RawRequest, authToken: Secret): WebhookForm | undefined {
  const signature = request.headers['x-twilio-signature'];
  if (signature === undefined || !URL.canParse(request.url)) return undefined;
  const body = Buffer.from(request.body).toString('utf8');
  if (request.url.includes('bodySHA256')) {
    return twilio.validateRequestWithBody(authToken.reveal(), signature, request.url, body) ? formOf({}) : undefined;
  }
  const fields = decode(body);
  return twilio.validateRequest(authToken.reveal(), signature, request.url, fields) ? formOf(fields) : undefined;
}

type Fields = Record<string, string | string[]>;

function decode(body: string): Fields {
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(body)) fields.set(name, [...(fields.get(name) ?? []), value]);
  return Object.fromEntries(
    [...fields].map(([name, [first = '', ...more]]) => [name, more.length > 0 ? [first, ...more] : first]),
  );
}

function formOf(fields: Fields): WebhookForm {
  return {
    names: Object.keys(fields).sort(),
    get(name) {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return typeof value === 'string' ? value : undefined;
    },
  };
}
