import type { Device } from '@causeway/client';
import type { Canaries } from './canaries.js';
import type { ForensicSite } from './forensic-site.js';

/** Words and numbers where they are wrong: in addresses, headers, broken documents and forged webhooks. What is refused may not be kept either. */
export async function askWrongly({ world }: ForensicSite, canaries: Canaries, kim: Device): Promise<void> {
  const word = (state: string): string => canaries.words('error', state);
  const number = canaries.number('in errors');
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const inbound = (text: string): string =>
    new URLSearchParams({ From: number, Body: text, MessageSid: text }).toString();
  const { gatewayUrl, edgeUrl } = world;
  const requests: readonly (readonly [url: string, init?: RequestInit])[] = [
    [`${gatewayUrl}/v1/${word('path')}?to=${encodeURIComponent(number)}`],
    [`${gatewayUrl}/v1/messages/${word('message id')}`, { headers: { authorization: `Bearer ${word('token')}` } }],
    [
      `${gatewayUrl}/v1/messages`,
      { method: 'POST', headers: json, body: `{"to":"${number}","text":"${word('broken json')}` },
    ],
    [
      `${gatewayUrl}/v1/accounts`,
      { method: 'POST', headers: json, body: JSON.stringify({ handle: word('account'), number }) },
    ],
    [
      `${gatewayUrl}/v1/devices`,
      { method: word('x').toUpperCase().slice(0, 6), headers: { 'user-agent': word('agent') } },
    ],
    [
      `${edgeUrl}/webhooks/sms/inbound`,
      { method: 'POST', headers: { ...form, 'x-twilio-signature': word('signature') }, body: inbound(word('inbound')) },
    ],
    [`${edgeUrl}/webhooks/sms/status`, { method: 'POST', headers: form, body: inbound(word('status')) }],
    [
      `${edgeUrl}/webhooks/rcs/events`,
      { method: 'POST', headers: json, body: JSON.stringify({ message: { data: word('rcs event') } }) },
    ],
    [`${edgeUrl}/webhooks/rcs/events`, { method: 'POST', headers: json, body: `{"text":"${word('rcs broken json')}` }],
    [`${edgeUrl}/media/${word('media link')}`],
    [`${edgeUrl}/${word('edge path')}`],
  ];
  for (const [url, init] of requests) {
    const { status } = await fetch(url, init);
    if (status < 400)
      throw new Error(`a wrong request was not refused: ${init?.method ?? 'GET'} ${new URL(url).pathname}, ${status}`);
  }
  await refused(kim.send(`${word('unknown handle')}@causeway.local`, word('to nobody')));
  await refused(kim.send('tel:+1', word('to no number'), { allowClear: ['sms'] }));
}

async function refused(sending: Promise<unknown>): Promise<void> {
  await sending.then(
    () => undefined,
    () => undefined,
  );
}
