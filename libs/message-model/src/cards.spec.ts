import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeCbor, utf8 } from './bytes.js';
import type { Capabilities, Feature, Support } from './capabilities.js';
import { FEATURES } from './capabilities.js';
import { cardsAsText, cardsContent, cardsOf, decodeCards, encodeCards, type ContentCard } from './cards.js';
import { decodeContent, encodeContent } from './content-codec.js';
import { degrade } from './degrade.js';
import { plainTextOf } from './plain-text.js';

const header = { senderUri: 'mimi://a.example/u/ada', roomUri: 'mimi://a.example/r/1' };
const dinner: ContentCard = {
  title: 'Dinner',
  description: 'Tonight at eight?',
  media: { contentType: 'image/png', content: utf8('picture') },
  suggestions: [
    { kind: 'reply', text: 'Yes' },
    { kind: 'reply', text: 'No' },
    { kind: 'open-url', text: 'The menu', url: 'https://menu.example/' },
    { kind: 'dial', text: 'Call me', number: '+14155550123' },
  ],
};
const IN_WORDS =
  'Dinner\nTonight at eight?\n[Attachment not included: image/png]\nThe menu: https://menu.example/\nCall me: +14155550123\nReply: Yes / No';

const carrying = (features: Partial<Record<Feature, Support>>, limits: Capabilities['limits'] = {}): Capabilities => {
  const nothing = Object.fromEntries(FEATURES.map((feature) => [feature, 'unsupported-with-fallback']));
  return { features: { ...nothing, text: 'full', ...features } as Capabilities['features'], limits };
};
const RCS = carrying({ card: 'full', carousel: 'full', suggestion: 'full', attachment: 'partial' });

describe('cards', () => {
  it('come back as they were, beside the same in words', () => {
    const content = decodeContent(encodeContent(cardsContent({ ...header, cards: [dinner] })), 0);
    expect(cardsOf(content)).toEqual([dinner]);
    expect(plainTextOf(content)).toBe(IN_WORDS);
    expect(plainTextOf(cardsContent({ ...header, cards: [dinner], fallback: 'Dinner at eight?' }))).toBe(
      'Dinner at eight?',
    );
    expect(cardsAsText([{ title: 'One' }, { title: 'Two' }])).toBe('One\n\nTwo');
  });

  it.each<[string, readonly ContentCard[]]>([
    ['none', []],
    ['eleven', Array.from({ length: 11 }, () => ({ title: 'x' }))],
    ['an empty one', [{}]],
    ['a title too long', [{ title: 'x'.repeat(201) }]],
    ['a suggestion too long', [{ title: 'x', suggestions: [{ kind: 'reply', text: 'x'.repeat(26) }] }]],
    [
      'five suggestions',
      [{ title: 'x', suggestions: Array.from({ length: 5 }, () => ({ kind: 'reply', text: 'x' }) as const) }],
    ],
    [
      'a script for a link',
      [{ title: 'x', suggestions: [{ kind: 'open-url', text: 'x', url: 'javascript:alert(1)' }] }],
    ],
    ['a number that is none', [{ title: 'x', suggestions: [{ kind: 'dial', text: 'x', number: '911' }] }]],
  ])('are refused: %s', (_what, cards) => {
    expect(() => encodeCards(cards)).toThrow(expect.objectContaining({ code: 'malformed-content' }));
  });

  it('that cannot be read are no cards, and the words beside them stay', () => {
    const content = cardsContent({ ...header, cards: [dinner] });
    if (content.part.kind !== 'multi') throw new Error('it has no alternatives');
    const parts = content.part.parts.map((part) =>
      part.kind === 'single' && part.contentType.includes('cards') ? { ...part, content: encodeCbor(['x']) } : part,
    );
    const broken = { ...content, part: { ...content.part, parts } };
    expect([cardsOf(broken), plainTextOf(broken)]).toEqual([undefined, IN_WORDS]);
    expect(degrade(broken, RCS)).toMatchObject({ kind: 'text', text: IN_WORDS });
  });

  it('are never read from bytes into something that would be refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(encodeCards(decodeCards(bytes))).toEqual(new Uint8Array(bytes));
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed-content' });
        }
      }),
    );
  });
});

describe('cards on a clear network', () => {
  const content = cardsContent({ ...header, cards: [dinner] });

  it('stay cards where it carries all they are made of', () => {
    expect(degrade(content, RCS)).toEqual({ kind: 'cards', cards: [dinner], losses: ['attachment-may-change'] });
  });

  it.each(['card', 'suggestion', 'attachment'] as const)(
    'are said in words, and it is told, where it carries no %s',
    (feature) => {
      const degraded = degrade(content, carrying({ ...RCS.features, [feature]: 'unsupported-with-fallback' }));
      expect(degraded).toEqual({ kind: 'text', text: IN_WORDS, losses: ['card-as-text', 'attachment-left-out'] });
    },
  );

  it('are said in words where a title is too long for it, or a picture too large', () => {
    expect(degrade(content, carrying(RCS.features, { attachmentBytes: 6 }))).toMatchObject({ kind: 'text' });
    expect(degrade(content, carrying(RCS.features, { textCharacters: 10 }))).toEqual({
      kind: 'refused',
      reason: 'too-long',
    });
  });

  it('are refused where one of their parts is', () => {
    const reason = 'card-not-carried';
    expect(degrade(content, carrying({ ...RCS.features, suggestion: 'rejected' }))).toEqual({
      kind: 'refused',
      reason,
    });
    const two = cardsContent({ ...header, cards: [{ title: '1' }, { title: '2' }] });
    expect(degrade(two, carrying({ ...RCS.features, carousel: 'rejected' }))).toEqual({ kind: 'refused', reason });
    expect(degrade(two, carrying({ ...RCS.features, carousel: 'dropped' }))).toMatchObject({
      kind: 'text',
      text: '1\n\n2',
    });
  });
});
