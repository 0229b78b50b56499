import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attachmentContent, editContent, filesContent, reactionContent, textContent } from './build-content.js';
import { toBytes, utf8 } from './bytes.js';
import { FEATURES, type Capabilities, type Support } from './capabilities.js';
import { decodeContent, encodeContent } from './content-codec.js';
import { degrade } from './degrade.js';
import { messageIdFromBytes } from './ids.js';
import { quoteOf, shortQuote } from './quote.js';

const header = { senderUri: 'mimi://a.example/u/ada', roomUri: 'mimi://a.example/r/1' };
const id = messageIdFromBytes(Uint8Array.of(1, ...new Uint8Array(31)));
if (!id) throw new Error('not an id');

const graded = (attachment: Support, reply: Support = 'unsupported-with-fallback'): Capabilities => {
  const features = FEATURES.map((feature) => [feature, 'unsupported-with-fallback'] as const);
  const grades = Object.fromEntries(features) as Capabilities['features'];
  return {
    features: { ...grades, text: 'full', attachment, reply },
    limits: { captionCharacters: 20, attachmentBytes: 9 },
  };
};
const png = { contentType: 'image/PNG; name=cat', content: utf8('a picture') };
const sheet = { contentType: 'text/csv', content: utf8('a;b') };

describe('a file in the message', () => {
  it('goes as a file with its words where the network carries files, and says what carriers do to it', () => {
    expect(degrade(filesContent({ ...header, files: [png], text: 'look' }), graded('partial'))).toEqual({
      kind: 'media',
      file: { contentType: 'image/png', content: png.content },
      text: 'look',
      losses: ['attachment-may-change'],
    });
    expect(degrade(filesContent({ ...header, files: [png] }), graded('full'))).toMatchObject({ text: '', losses: [] });
  });

  it('is named in words where it cannot go', () => {
    const left = { kind: 'text', text: 'look\n[Attachment not included: text/csv]', losses: ['attachment-left-out'] };
    const content = filesContent({ ...header, files: [sheet], text: 'look' });
    expect(degrade(content, graded('unsupported-with-fallback'))).toEqual(left);
    expect(degrade(content, graded('partial'))).toEqual(left);
    expect(degrade(content, graded('full')).kind).toBe('media');
  });

  it('goes first of several, and the caption names the others', () => {
    const content = filesContent({ ...header, files: [sheet, png, png], text: '' });
    const outcome = degrade(content, { ...graded('partial'), limits: {} });
    expect(outcome).toMatchObject({
      kind: 'media',
      text: '[Attachment not included: text/csv]\n[Attachment not included: image/PNG; name=cat]',
      losses: ['attachment-may-change', 'attachment-left-out'],
    });
  });

  it('is refused past the limits of file and caption', () => {
    const large = { ...png, content: toBytes(new Uint8Array(10)) };
    expect(degrade(filesContent({ ...header, files: [large] }), graded('full'))).toMatchObject({
      reason: 'attachment-too-large',
    });
    const wordy = filesContent({ ...header, files: [png], text: 'x'.repeat(21) });
    expect(degrade(wordy, graded('full'))).toMatchObject({ reason: 'too-long' });
    expect(degrade(textContent({ ...header, text: 'x'.repeat(21) }), graded('full')).kind).toBe('text');
  });

  it('stays a link when it lies elsewhere', () => {
    const attachment = {
      contentType: 'image/png',
      url: 'https://files.example/1',
      hashAlg: 1,
      contentHash: toBytes(new Uint8Array(32)),
    };
    expect(degrade(attachmentContent({ ...header, attachment }), graded('full'))).toMatchObject({
      kind: 'text',
      losses: ['attachment-as-link'],
    });
  });
});

describe('what a message is about', () => {
  it('is quoted where the network cannot name it', () => {
    const quote = 'shall we  meet\nat nine?';
    expect(degrade(textContent({ ...header, text: 'yes', inReplyTo: id, quote }), graded('partial'))).toEqual({
      kind: 'text',
      text: 'Replying to "shall we meet at nine?":\nyes',
      losses: ['reply-as-text'],
    });
    expect(
      degrade(reactionContent({ ...header, reaction: '👍', inReplyTo: id, quote }), graded('partial')),
    ).toMatchObject({
      text: 'Reacted 👍 to "shall we meet at nine?"',
    });
  });

  it('is quoted by a file without words of its own', () => {
    const content = filesContent({ ...header, files: [png], inReplyTo: id, quote: 'a' });
    expect(degrade(content, graded('full'))).toMatchObject({
      kind: 'media',
      text: 'Replying to "a":',
      losses: ['reply-as-text'],
    });
  });

  it('is left out, and called lost, where the network drops it or no words are known', () => {
    const reply = { ...header, text: 'yes', inReplyTo: id };
    const lost = { kind: 'text', text: 'yes', losses: ['reply-reference'] };
    expect(degrade(textContent({ ...reply, quote: 'when?' }), graded('full', 'dropped'))).toEqual(lost);
    expect(degrade(textContent({ ...reply, quote: ' \n ' }), graded('full'))).toEqual(lost);
    expect(degrade(textContent(reply), graded('full'))).toEqual(lost);
  });

  it('is of no matter to an edit, which is text with whatever comes with it', () => {
    expect(degrade(editContent({ ...header, replaces: id, text: 'ten' }), graded('full'))).toMatchObject({
      text: 'Edited: ten',
    });
  });

  it('is cut short, once, and survives the wire', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 90 }), (words) => {
        const quote = shortQuote(words);
        expect(Array.from(quote).length).toBeLessThanOrEqual(40);
        expect(shortQuote(quote)).toBe(quote);
        expect(quote).not.toMatch(/[\n\r]/);
        const content = textContent({ ...header, text: 'yes', inReplyTo: id, quote: words });
        expect(quoteOf(decodeContent(encodeContent(content), Date.now()))).toBe(quote === '' ? undefined : quote);
      }),
    );
  });
});
