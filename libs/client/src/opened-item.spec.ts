import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  conversationUri,
  encodeCbor,
  encodeContent,
  messageIdOf,
  mintConversationId,
  textContent,
  toBytes,
} from '@causeway/message-model';
import { messagePlaintext, syncPlaintext } from './native-sealing.js';
import { checkContent, readPlaintext } from './opened-item.js';

const HOST = 'causeway.local';
const senderUri = 'mimi://causeway.local/u/ada';
const conversation = mintConversationId();
const nowMs = 1_790_000_000_000;

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => toBytes(array));

describe('the inside of a Signal message', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const message = messagePlaintext({ conversation, content });
        expect(readPlaintext(message)).toEqual({ kind: 'message', conversation, content });
        const sync = syncPlaintext({ conversation, content, address: senderUri });
        expect(readPlaintext(sync)).toEqual({ kind: 'sync', conversation, peer: senderUri, content });
      }),
    );
  });

  it('is refused and never thrown at when it is anything else', () => {
    fc.assert(fc.property(bytes, (any) => expect(readPlaintext(any)).toBeUndefined()));
    for (const form of [
      [],
      ['message'],
      ['message', 'r_x', toBytes(new Uint8Array(1))],
      ['sync', conversation],
      7,
      null,
    ]) {
      expect(readPlaintext(encodeCbor(form))).toBeUndefined();
    }
    const tooLong = encodeCbor(['message', conversation, toBytes(new Uint8Array(1)), 'more']);
    expect(readPlaintext(tooLong)).toBeUndefined();
  });
});

describe('content that arrived', () => {
  const roomUri = conversationUri(HOST, conversation);
  const content = encodeContent(textContent({ text: 'hello', senderUri, roomUri }));
  const claimed = messageIdOf({ content, senderUri, roomUri });
  const arrived = { content, senderUri, host: HOST, conversation, claimed, nowMs };

  it('is taken under the id it commits to', () => {
    expect(checkContent(arrived).kind).toBe('content');
  });

  it.each([
    ['another sender', { senderUri: 'mimi://causeway.local/u/eve' }],
    ['another conversation', { conversation: mintConversationId() }],
    ['another host', { host: 'elsewhere.example' }],
    ['other words', { content: encodeContent(textContent({ text: 'bye', senderUri, roomUri })) }],
  ])('is a mismatch for %s', (_what, change) => {
    expect(checkContent({ ...arrived, ...change })).toEqual({ kind: 'refused', reason: 'mismatch' });
  });

  it('is refused whatever bytes it is', () => {
    fc.assert(fc.property(bytes, (any) => expect(checkContent({ ...arrived, content: any }).kind).toBe('refused')));
  });
});
