import { describe, expect, it } from '@jest/globals';
import {
  cardsContent,
  degrade,
  type Degraded,
  FEATURES,
  SUPPORT,
  utf8,
  type Capabilities,
} from '@causeway/message-model';
import { refuseUndeclared, textsOf } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import fc from 'fast-check';
import { anyContent } from '../../../message-model/src/testing/index.js';
import { buildOutboundBody, type FileLinks } from './build-outbound-body.js';

const links: FileLinks = {
  make: ({ contentType, content }) => ({
    url: new Plaintext('https://bridge.example/media/x'),
    contentType,
    sizeBytes: content.byteLength,
  }),
};
const open = { links, ref: 'm1abc.1' };
const full = { links: { make: () => undefined }, ref: 'm1abc.1' };
const picture = { kind: 'media', file: { contentType: 'image/png', content: utf8('x') }, losses: [] } as const;

const anyCapabilities: fc.Arbitrary<Capabilities> = fc
  .record({
    grades: fc.array(fc.constantFrom(...SUPPORT), { minLength: FEATURES.length, maxLength: FEATURES.length }),
    segments: fc.integer({ min: 1, max: 4 }),
    textBytes: fc.integer({ min: 20, max: 400 }),
  })
  .map(({ grades, segments, textBytes }) => ({
    // text that is refused or said in text is not a network
    features: {
      ...(Object.fromEntries(FEATURES.map((feature, index) => [feature, grades[index]])) as Capabilities['features']),
      text: 'full',
    },
    limits: { segments, textBytes },
  }));

const anyCard = fc.record(
  {
    title: fc.string({ minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== ''),
    description: fc.string({ minLength: 1, maxLength: 300 }).filter((text) => text.trim() !== ''),
    media: fc.constantFrom(
      { contentType: 'image/png', content: utf8('picture') },
      { contentType: 'application/zip', content: utf8('no picture') },
    ),
    suggestions: fc.array(fc.constant({ kind: 'reply', text: 'Yes' } as const), { maxLength: 4 }),
  },
  { requiredKeys: ['title'] },
);
const anyCards = fc
  .array(anyCard, { minLength: 1, maxLength: 4 })
  .map((cards) => cardsContent({ senderUri: 'mimi://a.example/u/ada', roomUri: 'mimi://a.example/r/1', cards }));

const wordsIn = (degraded: Exclude<Degraded, { kind: 'refused' }>): string =>
  degraded.kind === 'cards'
    ? degraded.cards.map(({ title = '', description = '' }) => `${title}${description}`).join('')
    : degraded.text;

describe('what an adapter is handed', () => {
  it('is never refused by the rules every adapter begins with, and is word for word what was shown', () => {
    fc.assert(
      fc.property(fc.oneof(anyContent, anyCards), anyCapabilities, (content, capabilities) => {
        const degraded = degrade(content, capabilities);
        if (degraded.kind === 'refused') return;
        const body = buildOutboundBody(degraded, open);
        if (!body) throw new Error('there is room');
        const outbound = { ref: 'r', to: new Plaintext('+14155550123'), from: '+14155550100', body, expiresAtMs: null };
        expect(
          textsOf(body)
            .map((text) => text.reveal())
            .join(''),
        ).toBe(wordsIn(degraded));
        // white space alone is what its sender typed; adapters refuse it as empty
        if (degraded.kind === 'text' && degraded.text.trim() === '') return;
        expect(refuseUndeclared(outbound, capabilities, 0)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('is a file by link with its caption, or without one', () => {
    expect(buildOutboundBody({ ...picture, text: 'look' }, open)).toMatchObject({
      kind: 'media',
      media: { contentType: 'image/png', sizeBytes: 1 },
    });
    expect(buildOutboundBody({ ...picture, text: '' }, open)).not.toHaveProperty('caption');
  });

  it('is nothing while there is no room for its file, and words need none', () => {
    expect(buildOutboundBody({ ...picture, text: 'look' }, full)).toBeUndefined();
    expect(buildOutboundBody({ kind: 'text', text: 'hi', losses: [] }, full)).toMatchObject({ kind: 'text' });
  });

  it('is a card whose suggestions bring back the name of the attempt, and several cards side by side', () => {
    const card = { title: 'Dinner?', suggestions: [{ kind: 'reply', text: 'Yes' } as const] };
    const one = buildOutboundBody({ kind: 'cards', cards: [card], losses: [] }, open);
    if (one?.kind !== 'card') throw new Error('it is no card');
    const [tapped] = one.card.suggestions ?? [];
    expect([tapped?.kind, tapped?.text.reveal(), tapped?.postback.reveal()]).toEqual(['reply', 'Yes', 'm1abc.1']);
    const two = buildOutboundBody({ kind: 'cards', cards: [card, { title: 'Lunch?' }], losses: [] }, open);
    expect(two).toMatchObject({ kind: 'carousel', cards: [{}, {}] });
    const media = { contentType: 'image/png', content: utf8('x') };
    expect(buildOutboundBody({ kind: 'cards', cards: [{ media }], losses: [] }, full)).toBeUndefined();
  });
});
