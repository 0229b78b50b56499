import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RawRequest } from '@causeway/network-adapter';
import type { Secret } from '@causeway/platform';
import { field } from './rcs-errors.js';

export type Authenticated =
  /** The signed bytes of a notification. */
  | { readonly kind: 'notification'; readonly signed: Buffer }
  /** The set-up of the webhook: the secret goes back as it is. */
  | { readonly kind: 'handshake'; readonly secret: string };

const SECRET = /^[A-Za-z0-9_.~-]{1,256}$/;

/**
 * Takes the wrapper of Cloud Pub/Sub apart as far as the signed bytes and checks `X-Goog-Signature` over them: HMAC-SHA512 under the client
 * token, Base64. Nothing else in the wrapper is signed, so nothing else is read. `undefined` for whatever is not genuine. The Base64 must
 * be canonical: one notification has one form.
 */
export function authenticate({ method, headers, body }: RawRequest, clientToken: Secret): Authenticated | undefined {
  const wrapper = method === 'POST' ? parsed(body) : undefined;
  const token = field(wrapper, 'clientToken');
  const secret = field(wrapper, 'secret');
  if (typeof token === 'string' && typeof secret === 'string')
    return clientToken.matches(token) && SECRET.test(secret) ? { kind: 'handshake', secret } : undefined;
  const encoded = field(field(wrapper, 'message'), 'data');
  const signature = headers['x-goog-signature'];
  if (typeof encoded !== 'string' || signature === undefined) return undefined;
  const signed = canonical(encoded);
  const given = canonical(signature);
  if (!signed || !given) return undefined;
  const expected = createHmac('sha512', clientToken.reveal()).update(signed).digest();
  return given.length === expected.length && timingSafeEqual(given, expected)
    ? { kind: 'notification', signed }
    : undefined;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function canonical(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}
