import { describe, expect, it } from '@jest/globals';
import { filesContent, TEXT_ONLY, textContent, toBytes, type Capabilities } from '@causeway/message-model';
import { permittedNetworks } from './clear-sealing.js';
import { previewDigest, previewOf } from './preview.js';

const HEADER = { senderUri: 'mimi://causeway.local/u/ada', roomUri: 'mimi://causeway.local/r/r_x' };

const features: Capabilities['features'] = {
  ...TEXT_ONLY,
  'delivery-report': 'full',
  'read-report': 'rejected',
};
const capabilities = (): Capabilities => ({ features, limits: { segments: 3 } });

const plan = (shown: Record<string, unknown> = { ...capabilities() }) => ({
  networks: ['sms' as const],
  capabilities: shown,
  simulated: ['sms' as const],
});

describe('the preview', () => {
  it('shows the text as it will arrive, who reads it and what it costs', () => {
    const result = previewOf(textContent({ ...HEADER, text: 'hi' }), plan());
    expect(result).toMatchObject({
      kind: 'preview',
      preview: {
        network: 'sms',
        networks: ['sms'],
        text: 'hi',
        losses: [],
        copyLifetime: 'stays on their phone',
        segments: 1,
        isSimulated: true,
      },
    });
  });

  it('names what is lost', () => {
    const content = textContent({
      ...HEADER,
      text: '**hi**',
      format: 'markdown',
      expires: { relative: true, timeSeconds: 60 },
    });
    const result = previewOf(content, plan());
    expect(result.kind === 'preview' && result.preview.losses).toEqual(
      expect.arrayContaining(['It will not disappear: a copy stays on their phone.']),
    );
  });

  it('reads capabilities given per network', () => {
    expect(previewOf(textContent({ ...HEADER, text: 'hi' }), plan({ sms: capabilities() })).kind).toBe('preview');
  });

  it('counts the segments of every network that is limited by them', () => {
    const networks = ['another-sms', 'a-chat'];
    const shown = { 'another-sms': capabilities(), 'a-chat': { features, limits: { textCharacters: 4_000 } } };
    const result = previewOf(textContent({ ...HEADER, text: 'x'.repeat(200) }), {
      networks,
      capabilities: shown,
      simulated: [],
    });
    expect(result).toMatchObject({ preview: { segments: 2, fallbacks: [{ network: 'a-chat', segments: 1 }] } });
  });

  it('refuses what the network cannot carry', () => {
    const result = previewOf(textContent({ ...HEADER, text: 'x'.repeat(2000) }), plan());
    expect(result).toEqual({ kind: 'refused', reason: 'too-long' });
  });

  it('shows every network of the plan: how it arrives there, who reads it, or why it cannot go', () => {
    const rcs = { features: { ...features, attachment: 'partial' }, limits: {} };
    const short = { features, limits: { segments: 1 } };
    const both = { networks: ['rcs' as const, 'sms' as const], simulated: ['rcs' as const] };
    const files = [{ contentType: 'image/png', content: toBytes(new Uint8Array(9)) }];
    const result = previewOf(filesContent({ ...HEADER, files, text: 'look' }), {
      ...both,
      capabilities: { rcs, sms: short },
    });
    expect(result).toMatchObject({
      preview: {
        network: 'rcs',
        networks: ['rcs', 'sms'],
        text: 'look',
        file: { contentType: 'image/png', sizeBytes: 9 },
        losses: ['The carrier may shrink or convert the attachment.'],
        segments: 1,
        isSimulated: true,
        fallbacks: [
          { network: 'sms', text: 'look\n[Attachment not included: image/png]', file: null, isSimulated: false },
        ],
        notOver: [],
      },
    });
    const long = previewOf(textContent({ ...HEADER, text: 'x'.repeat(200) }), {
      ...both,
      capabilities: { rcs, sms: short },
    });
    expect(long).toMatchObject({
      preview: {
        networks: ['rcs'],
        fallbacks: [],
        notOver: [{ network: 'sms', why: 'The message is longer than this network carries.' }],
      },
    });
  });

  it('has another digest when anything shown is another', () => {
    const SALT = new Uint8Array(16).fill(7);
    const one = previewOf(textContent({ ...HEADER, text: 'one' }), plan());
    const two = previewOf(textContent({ ...HEADER, text: 'two' }), plan());
    if (one.kind !== 'preview' || two.kind !== 'preview') throw new Error('refused');
    expect(previewDigest(one.preview, SALT)).not.toEqual(previewDigest(two.preview, SALT));
    expect(previewDigest(one.preview, SALT)).not.toEqual(previewDigest({ ...one.preview, isSimulated: false }, SALT));
    for (const change of [
      { networks: ['sms', 'rcs'] },
      { file: { contentType: 'image/png', sizeBytes: 1 } },
      { losses: ['All of it.'] },
      { readableBy: ['everyone'] },
      { copyLifetime: 'for ever' },
      { segments: 2 },
      { fallbacks: [one.preview] },
      { notOver: [{ network: 'rcs', why: 'No.' }] },
    ])
      expect(previewDigest(one.preview, SALT)).not.toEqual(previewDigest({ ...one.preview, ...change }, SALT));
    expect(previewDigest(one.preview, SALT)).toEqual(previewDigest({ ...one.preview }, SALT));
    expect(previewDigest(one.preview, SALT)).not.toEqual(previewDigest(one.preview, new Uint8Array(16)));
  });
});

describe('permission', () => {
  it.each([
    [null, ['rcs', 'sms'], []],
    [['sms'], ['rcs', 'sms'], ['sms']],
    [['rcs', 'sms'], ['sms'], ['sms']],
    [['sms'], ['rcs'], []],
  ] as const)('for %j of a plan over %j covers %j', (permitted, networks, expected) => {
    const record = { permitted: permitted && [...permitted] };
    expect(permittedNetworks(record, { networks: [...networks] })).toEqual(expected);
  });
});
