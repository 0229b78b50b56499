import twilio from 'twilio';
import type { RawRequest } from '@causeway/network-adapter';
import type { Secret } from '@causeway/platform';
import { isWhole } from './whole-form.js';

/** Fields of an authenticated webhook; a name given twice is never read as one value. */
export interface WebhookForm {
  /** Sorted as they were signed. */
  readonly names: readonly string[];
  /** `undefined` when absent or given more than once. */
  get(name: string): string | undefined;
  /** False when it can have been cut anew under its signature: authentic, and still not to be read. */
  readonly isWhole: boolean;
}

/**
 * Twilio's signature over the public URL as configured and the raw form (twilio.com/docs/usage/webhooks/webhooks-security).
 * Decoding the form is all that happens before; nothing is read out of it unless the signature holds. A body that its URL
 * signs by `bodySHA256` is JSON; of its fields those count that are texts or numbers.
 */
export function authenticateForm(request: RawRequest, authToken: Secret): WebhookForm | undefined {
  const signature = request.headers['x-twilio-signature'];
  if (signature === undefined || !URL.canParse(request.url)) return undefined;
  const body = Buffer.from(request.body).toString('utf8');
  if (new URL(request.url).searchParams.has('bodySHA256')) {
    const isSigned = twilio.validateRequestWithBody(authToken.reveal(), signature, request.url, body);
    // a hash leaves nothing to be cut anew
    return isSigned ? formOf(fieldsOfJson(body), true) : undefined;
  }
  const fields = decode(body);
  if (!twilio.validateRequest(authToken.reveal(), signature, request.url, fields)) return undefined;
  return formOf(fields, isWhole(fields));
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

function decode(body: string): Record<string, string | string[]> {
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(body)) fields.set(name, [...(fields.get(name) ?? []), value]);
  return Object.fromEntries(
    [...fields].map(([name, [first = '', ...more]]) => [name, more.length > 0 ? [first, ...more] : first]),
  );
}

function fieldsOfJson(body: string): Fields {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).flatMap(([name, value]: [string, unknown]) =>
        typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
      ),
    );
  } catch {
    return {};
  }
}

function formOf(fields: Fields, isWholeForm: boolean): WebhookForm {
  return {
    names: Object.keys(fields).toSorted(),
    isWhole: isWholeForm,
    get(name) {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return typeof value === 'string' ? value : undefined;
    },
  };
}
