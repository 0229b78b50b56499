import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  attachmentContent,
  deleteContent,
  editContent,
  multipartContent,
  reactionContent,
  statusContent,
  textContent,
  unreactContent,
  type AttachmentReference,
} from './build-content.js';
import { toBytes, utf8 } from './bytes.js';
import { FEATURES, SUPPORT, TEXT_ONLY, type Capabilities, type Feature, type Support } from './capabilities.js';
import { DISPOSITION, MEDIA_TYPE, type MimiContent, type NestedPart } from './content.js';
import { degrade, LOSSES, REFUSALS, type Degraded } from './degrade.js';
import { messageIdFromBytes, type MessageId } from './ids.js';
import { countSegments } from './segments.js';
import { anyContent } from './testing/index.js';

const header = { senderUri: 'mimi://a.example/u/ada', roomUri: 'mimi://a.example/r/1' };

const someId = (last: number): MessageId => {
  const id = messageIdFromBytes(Uint8Array.of(1, ...new Uint8Array(30), last));
  if (id === undefined) throw new Error('not an id');
  return id;
};
const id = someId(1);

/** What an SMS network says of itself. */
const SMS: Capabilities = {
  features: { ...TEXT_ONLY, 'expiry-at-time': 'partial', 'delivery-report': 'full' },
  limits: { segments: 10 },
};
const sms = (
  features: Partial<Record<Feature, Support>> = {},
  limits: Capabilities['limits'] = SMS.limits,
): Capabilities => ({
  features: { ...SMS.features, ...features },
  limits,
});

const becomes = (content: MimiContent, text: string, ...losses: readonly string[]): void => {
  expect(degrade(content, SMS)).toEqual({ kind: 'text', text, losses });
};
const refusal = (content: MimiContent, capabilities: Capabilities = SMS): string | undefined => {
  const outcome = degrade(content, capabilities);
  return outcome.kind === 'refused' ? outcome.reason : undefined;
};

const cat: AttachmentReference = {
  contentType: 'image/png',
  url: 'https://files.example/1',
  hashAlg: 1,
  contentHash: toBytes(new Uint8Array(32)),
  filename: 'cat.png',
  sizeBytes: 5000,
};
const sealedCat: AttachmentReference = {
  ...cat,
  encAlg: 1,
  key: toBytes(new Uint8Array(16)),
  nonce: toBytes(new Uint8Array(12)),
};

describe('what a clear network carries', () => {
  it('is the text as typed, with nothing lost', () => {
    becomes(textContent({ ...header, text: 'hi 👋' }), 'hi 👋');
  });

  it('is a reply without what it answers, and says so', () => {
    becomes(textContent({ ...header, text: 'yes', inReplyTo: id }), 'yes', 'reply-reference');
  });

  it('is a reaction in words, without a name', () => {
    becomes(reactionContent({ ...header, inReplyTo: id, reaction: '👍' }), 'Reacted 👍', 'reaction-as-text');
    becomes(reactionContent({ ...header, inReplyTo: id, reaction: ['👍', '❤️'] }), 'Reacted 👍 ❤️', 'reaction-as-text');
  });

  it('is an edit in words', () => {
    becomes(editContent({ ...header, replaces: id, text: 'at nine' }), 'Edited: at nine', 'edit-as-text');
  });

  it('is never a deletion', () => {
    expect(refusal(deleteContent({ ...header, replaces: id }))).toBe('deletion-not-possible');
    expect(refusal(unreactContent({ ...header, replaces: id }))).toBe('deletion-not-possible');
  });

  it('is never a delivery report, alone or among other parts', () => {
    const report = statusContent({ ...header, report: [{ messageId: id, status: 'read' }] });
    expect(refusal(report)).toBe('report-not-carried');
    const words = textContent({ ...header, text: 'hi' }).part;
    const mixed = multipartContent({ ...header, semantics: 'processAll', parts: [words, report.part] });
    expect(refusal(mixed)).toBe('report-not-carried');
  });

  it('is markdown as it is written', () => {
    becomes(textContent({ ...header, text: '**hi**', format: 'markdown' }), '**hi**', 'formatting');
    expect(degrade(textContent({ ...header, text: '*', format: 'markdown' }), sms({ markdown: 'full' }))).toMatchObject(
      { losses: [] },
    );
    expect(refusal(textContent({ ...header, text: '*', format: 'markdown' }), sms({ markdown: 'rejected' }))).toBe(
      'formatting-not-carried',
    );
  });

  it('is the link of an open attachment', () => {
    becomes(
      attachmentContent({ ...header, attachment: cat }),
      'cat.png: https://files.example/1',
      'attachment-as-link',
    );
    becomes(
      attachmentContent({ ...header, attachment: cat, caption: 'look' }),
      'look\ncat.png: https://files.example/1',
      'attachment-as-link',
    );
  });

  it('is the name of a sealed attachment: neither its link nor its key', () => {
    becomes(
      attachmentContent({ ...header, attachment: sealedCat, caption: 'look' }),
      'look\n[Attachment not included: cat.png]',
      'attachment-left-out',
    );
  });

  it('leaves an attachment out when the network drops it, and refuses when nothing else is there', () => {
    const drops = sms({ attachment: 'dropped' });
    expect(degrade(attachmentContent({ ...header, attachment: cat, caption: 'look' }), drops)).toEqual({
      kind: 'text',
      text: 'look',
      losses: ['parts-left-out'],
    });
    expect(refusal(attachmentContent({ ...header, attachment: cat }), drops)).toBe('nothing-to-say');
  });

  it('refuses an attachment that is not carried or too large', () => {
    const content = attachmentContent({ ...header, attachment: cat });
    expect(refusal(content, sms({ attachment: 'rejected' }))).toBe('attachment-not-carried');
    expect(refusal(content, sms({}, { attachmentBytes: 4999 }))).toBe('attachment-too-large');
    expect(refusal(content, sms({}, { attachmentBytes: 5000 }))).toBeUndefined();
  });

  it('says that a disappearing message stays on their phone', () => {
    const relative = textContent({ ...header, text: 'psst', expires: { relative: true, timeSeconds: 60 } });
    const absolute = textContent({ ...header, text: 'psst', expires: { relative: false, timeSeconds: 1_800_000_000 } });
    becomes(relative, 'psst', 'stays-on-their-phone');
    becomes(absolute, 'psst', 'stays-on-their-phone');
    expect(refusal(relative, sms({ 'expiry-after-reading': 'rejected' }))).toBe('expiry-not-carried');
    expect(refusal(absolute, sms({ 'expiry-at-time': 'rejected' }))).toBe('expiry-not-carried');
  });

  it('holds a relative expiry that is carried to its range', () => {
    const content = textContent({ ...header, text: 'psst', expires: { relative: true, timeSeconds: 60 } });
    const carried = (expirySecondsMin: number, expirySecondsMax: number): Degraded =>
      degrade(content, sms({ 'expiry-after-reading': 'full' }, { expirySecondsMin, expirySecondsMax }));
    expect(carried(60, 60)).toEqual({ kind: 'text', text: 'psst', losses: [] });
    expect(carried(61, 90)).toEqual({ kind: 'refused', reason: 'expiry-out-of-range' });
    expect(carried(1, 59)).toEqual({ kind: 'refused', reason: 'expiry-out-of-range' });
  });

  it.each([
    [{ text: 'dropped' }, 'text-not-carried'],
    [{ reaction: 'rejected' }, 'reaction-not-carried'],
    [{ reaction: 'dropped' }, 'reaction-not-carried'],
  ] as const)('refuses a reaction under %j', (features, reason) => {
    expect(refusal(reactionContent({ ...header, inReplyTo: id, reaction: '👍' }), sms(features))).toBe(reason);
  });

  it('refuses an edit or a reply the network does not carry', () => {
    expect(refusal(editContent({ ...header, replaces: id, text: 'x' }), sms({ edit: 'dropped' }))).toBe(
      'edit-not-carried',
    );
    expect(refusal(textContent({ ...header, text: 'x', inReplyTo: id }), sms({ reply: 'rejected' }))).toBe(
      'reply-not-carried',
    );
    expect(refusal(textContent({ ...header, text: 'x', inReplyTo: id }), sms({ reply: 'dropped' }))).toBeUndefined();
  });

  it('takes one of several alternatives and calls nothing lost', () => {
    const part = (contentType: string, text: string): NestedPart => ({
      kind: 'single',
      disposition: DISPOSITION.render,
      language: '',
      contentType,
      content: utf8(text),
    });
    const parts = [part('text/html', '<b>hi</b>'), part(MEDIA_TYPE.markdown, '**hi**'), part(MEDIA_TYPE.plain, 'hi')];
    becomes(multipartContent({ ...header, semantics: 'chooseOne', parts }), 'hi');
    becomes(
      multipartContent({ ...header, semantics: 'processAll', parts: parts.slice(0, 2) }),
      '**hi**',
      'formatting',
      'parts-left-out',
    );
  });

  it('refuses what no text can say', () => {
    const picture: NestedPart = {
      kind: 'single',
      disposition: 1,
      language: '',
      contentType: 'image/png',
      content: utf8(''),
    };
    expect(refusal({ ...textContent({ ...header, text: '' }), part: picture })).toBe('nothing-to-say');
    expect(refusal(textContent({ ...header, text: '' }))).toBe('nothing-to-say');
  });

  it('measures what it would send, not what was typed', () => {
    const content = editContent({ ...header, replaces: id, text: 'a'.repeat(152) });
    expect(refusal(content, sms({}, { textCharacters: 160 }))).toBeUndefined();
    expect(refusal(content, sms({}, { textCharacters: 159 }))).toBe('too-long');
    expect(refusal(textContent({ ...header, text: 'é'.repeat(80) }), sms({}, { textBytes: 159 }))).toBe('too-long');
    expect(refusal(textContent({ ...header, text: 'a'.repeat(161) }), sms({}, { segments: 1 }))).toBe('too-long');
  });

  it('explains every loss and refusal in a sentence', () => {
    for (const sentence of [...Object.values(LOSSES), ...Object.values(REFUSALS)])
      expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('is within every limit, never empty and never the key of an attachment, whatever the message', () => {
    const anyFeatures = fc
      .array(fc.constantFrom(...SUPPORT), { minLength: FEATURES.length, maxLength: FEATURES.length })
      .map((grades) => sms(Object.fromEntries(FEATURES.map((feature, index) => [feature, grades[index]]))));
    fc.assert(
      fc.property(anyContent, anyFeatures, fc.integer({ min: 1, max: 3 }), (content, { features }, segments) => {
        const outcome = degrade(content, { features, limits: { segments } });
        if (outcome.kind === 'refused') return;
        // files and cards have specs of their own
        if (outcome.kind !== 'text') return;
        expect(outcome.text).not.toBe('');
        expect(countSegments(outcome.text).segments).toBeLessThanOrEqual(segments);
        expect(features.text).not.toBe('rejected');
        expect(content.part.kind).not.toBe('null');
      }),
    );
  });
});
