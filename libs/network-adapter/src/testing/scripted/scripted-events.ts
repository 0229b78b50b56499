import { timingSafeEqual } from 'node:crypto';
import { Plaintext } from '@causeway/platform';
import type { ConsentWord, HelpWord, InboundEvent, InboundMessage, RawRequest, ReceiveOutcome } from '../../inbound.js';
import { ADDRESS, sign } from './scripted-network.js';

/** Words that are no message for anyone: whole, in any case. */
const WORDS = { STOP: 'opt-out', START: 'opt-in', HELP: 'help' } as const;

export function withWord(message: InboundMessage): readonly (InboundMessage | ConsentWord | HelpWord)[] {
  const { externalId, from, to } = message;
  const said = message.text.reveal().trim().toUpperCase();
  const kind = said === 'STOP' || said === 'START' || said === 'HELP' ? WORDS[said] : undefined;
  if (kind === undefined) return [message];
  if (kind === 'help') return [message, { kind, externalId, from, to }];
  return [message, { kind, externalId, from, to, scope: 'pair' }];
}

/** Authenticates, then reads; the shape of what is authentic is the network's own. */
export function receiveScripted(request: RawRequest): ReceiveOutcome {
  const given = Buffer.from(request.headers['x-signature'] ?? '', 'utf8');
  const expected = Buffer.from(sign(request.url, request.body), 'utf8');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    return { kind: 'rejected', reason: 'bad-signature' };
  if (request.url !== ADDRESS) return { kind: 'rejected', reason: 'unknown-path' };
  const content: unknown = JSON.parse(Buffer.from(request.body).toString('utf8'));
  return { kind: 'events', events: eventsIn(content), response: { status: 204, contentType: 'text/plain', body: '' } };
}

function eventsIn(content: unknown): readonly InboundEvent[] {
  const { kind, id, from, to, text, status, part, parts, postback, file } = content as Readonly<Record<string, string>>;
  if (kind === 'receipt') {
    const known = status === 'sent' || status === 'delivered' || status === 'displayed' ? status : 'sending';
    const about = part === undefined ? {} : { part: { number: Number(part), count: Number(parts) } };
    return [{ kind, ref: undefined, externalId: id ?? '', status: known, ...about }];
  }
  const message: InboundMessage = {
    kind: 'message',
    externalId: id ?? '',
    from: new Plaintext(from ?? ''),
    to: to ?? '',
    text: new Plaintext(text ?? ''),
    media: file === undefined ? [] : [{ url: new Plaintext(file), contentType: 'image/png' }],
    ...(postback === undefined ? {} : { suggestion: { postback: new Plaintext(postback) } }),
    receivedAtMs: Date.now(),
  };
  return withWord(message);
}
