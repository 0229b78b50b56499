import { createHmac } from 'node:crypto';
import { utf8 } from '@causeway/message-model';
import type { RawRequest } from '@causeway/network-adapter';

/** A notification as the network sends it; `inner` is the signed JSON. */
export function signedRequest(url: string, clientToken: string, inner: unknown): RawRequest {
  const bytes = Buffer.from(typeof inner === 'string' ? inner : JSON.stringify(inner), 'utf8');
  const message = {
    data: bytes.toString('base64'),
    messageId: '14150481888479752',
    publishTime: '2025-03-05T18:50:21.88Z',
  };
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      'x-goog-signature': createHmac('sha512', clientToken).update(bytes).digest('base64'),
    },
    body: utf8(JSON.stringify({ message, subscription: 'projects/rbm/subscriptions/s' })),
  };
}
