import { describe, expect, it } from '@jest/globals';
import { degrade, FEATURES, SUPPORT, utf8, type Capabilities } from '@causeway/message-model';
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
const full: FileLinks = { make: () => undefined };
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

describe('what an adapter is handed', () => {
  it('is never refused by the rules every adapter begins with, and is word for word what was shown', () => {
    fc.assert(
      fc.property(anyContent, anyCapabilities, (content, capabilities) => {
        const degraded = degrade(content, capabilities);
        if (degraded.kind === 'refused') return;
        const body = buildOutboundBody(degraded, links);
        if (!body) throw new Error('there is room');
        const outbound = { ref: 'r', to: new Plaintext('+14155550123'), from: '+14155550100', body, expiresAtMs: null };
        expect(
          textsOf(body)
            .map((text) => text.reveal())
            .join(''),
        ).toBe(degraded.text);
        // white space alone is what its sender typed; adapters refuse it as empty
        if (degraded.kind === 'text' && degraded.text.trim() === '') return;
        expect(refuseUndeclared(outbound, capabilities, 0)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('is a file by link with its caption, or without one', () => {
    expect(buildOutboundBody({ ...picture, text: 'look' }, links)).toMatchObject({
      kind: 'media',
      media: { contentType: 'image/png', sizeBytes: 1 },
    });
    expect(buildOutboundBody({ ...picture, text: '' }, links)).not.toHaveProperty('caption');
  });

  it('is nothing while there is no room for its file, and words need none', () => {
    expect(buildOutboundBody({ ...picture, text: 'look' }, full)).toBeUndefined();
    expect(buildOutboundBody({ kind: 'text', text: 'hi', losses: [] }, full)).toMatchObject({ kind: 'text' });
  });
});
