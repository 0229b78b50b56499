import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attachmentContent, deleteContent, multipartContent, textContent } from './build-content.js';
import { toBytes, utf8 } from './bytes.js';
import { DISPOSITION, MEDIA_TYPE, type NestedPart, type PartSemantics } from './content.js';
import { messageIdFromBytes } from './ids.js';
import { plainTextOf } from './plain-text.js';
import { anyContent } from './testing/index.js';

const header = { senderUri: 'mimi://a.example/u/ada', roomUri: 'mimi://a.example/r/1' };
const single = (contentType: string, text: string | Uint8Array): NestedPart => ({
  kind: 'single',
  disposition: DISPOSITION.render,
  language: '',
  contentType,
  content: typeof text === 'string' ? utf8(text) : toBytes(text),
});
const textOf = (semantics: PartSemantics, ...parts: readonly NestedPart[]): string | undefined =>
  plainTextOf(multipartContent({ ...header, semantics, parts }));
const textOfType = (contentType: string, text: string | Uint8Array): string | undefined =>
  plainTextOf({ ...textContent({ ...header, text: '' }), part: single(contentType, text) });

describe('the plain text of a message', () => {
  it('is what was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(plainTextOf(textContent({ ...header, text }))).toBe(text);
      }),
    );
  });

  it('is markdown as it stands, with the escaped angle bracket of GFM-MIMI undone', () => {
    expect(textOfType(MEDIA_TYPE.markdown, '**a** &lt;b>')).toBe('**a** <b>');
    expect(textOfType(MEDIA_TYPE.plain, '&lt;')).toBe('&lt;');
  });

  it.each(['text/plain', 'TEXT/PLAIN; charset=UTF-8', 'text/plain;charset="utf-8"', 'text/plain; charset=us-ascii'])(
    'is read from %s',
    (contentType) => {
      expect(textOfType(contentType, 'hi')).toBe('hi');
    },
  );

  it.each(['text/html', 'text/plain;charset=utf-16', 'application/octet-stream', ''])('is not read from %j', (type) => {
    expect(textOfType(type, 'hi')).toBeUndefined();
  });

  it('is not guessed from bytes that are not UTF-8', () => {
    expect(textOfType(MEDIA_TYPE.plain, Uint8Array.of(0xc3, 0x28))).toBeUndefined();
  });

  it('prefers the plain one of alternatives, wherever it stands', () => {
    const [plain, markdown, html] = [
      single(MEDIA_TYPE.plain, 'plain'),
      single(MEDIA_TYPE.markdown, 'mark'),
      single('text/html', '<b>html</b>'),
    ];
    expect(textOf('chooseOne', html, markdown, plain)).toBe('plain');
    expect(textOf('chooseOne', html, markdown)).toBe('mark');
    expect(textOf('chooseOne', html, html)).toBeUndefined();
  });

  it('joins the texts of parts that belong together', () => {
    expect(
      textOf('processAll', single(MEDIA_TYPE.plain, 'a'), single('image/png', 'b'), single(MEDIA_TYPE.plain, 'c')),
    ).toBe('a\nc');
  });

  it('is nothing for a deletion or an attachment alone', () => {
    const id = messageIdFromBytes(Uint8Array.of(1, ...new Uint8Array(31)));
    if (id === undefined) throw new Error('not an id');
    const attachment = { contentType: 'image/png', url: 'https://f.example', hashAlg: 1, contentHash: utf8('') };
    expect(plainTextOf(deleteContent({ ...header, replaces: id }))).toBeUndefined();
    expect(plainTextOf(attachmentContent({ ...header, attachment }))).toBeUndefined();
    expect(plainTextOf(attachmentContent({ ...header, attachment, caption: 'cat' }))).toBe('cat');
  });

  it('never throws for content the codec lets through', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        expect(['string', 'undefined']).toContain(typeof plainTextOf(content));
      }),
    );
  });
});
