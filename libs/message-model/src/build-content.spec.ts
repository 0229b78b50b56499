import { describe, expect, it } from '@jest/globals';
import {
  attachmentContent,
  deleteContent,
  editContent,
  multipartContent,
  reactionContent,
  statusContent,
  textContent,
  unreactContent,
} from './build-content.js';
import { toBytes, utf8 } from './bytes.js';
import { DISPOSITION, EXTENSION, MEDIA_TYPE, type MimiContent } from './content.js';
import { decodeContent, encodeContent } from './content-codec.js';
import { messageIdOf } from './message-id.js';
import { statusReportOf } from './status-report.js';

const NOW_MS = 1_800_000_000_000;
const header = { senderUri: 'mimi://a.example/u/ada', roomUri: 'mimi://a.example/r/1' };
const original = encodeContent(textContent({ ...header, text: 'first' }));
const id = messageIdOf({ content: original, ...header });

const roundTrip = (content: MimiContent): MimiContent => decodeContent(encodeContent(content), NOW_MS);
const plain = (text: string, disposition: number = DISPOSITION.render): unknown => ({
  kind: 'single',
  disposition,
  language: '',
  contentType: MEDIA_TYPE.plain,
  content: utf8(text),
});

describe('the builders', () => {
  it('make a text that names sender and room and has a salt of its own', () => {
    const first = roundTrip(textContent({ ...header, text: 'hi' }));
    const second = roundTrip(textContent({ ...header, text: 'hi' }));
    expect(first.part).toEqual(plain('hi'));
    expect(first.extensions.get(EXTENSION.senderUri)).toBe(header.senderUri);
    expect(first.extensions.get(EXTENSION.roomUri)).toBe(header.roomUri);
    expect(first.salt).toHaveLength(16);
    expect(first.salt).not.toEqual(second.salt);
  });

  it('make markdown, a reply, a topic and an expiry when asked to', () => {
    const expires = { relative: true, timeSeconds: 30 };
    const topicId = utf8('pizza');
    const content = roundTrip(
      textContent({ ...header, text: '*hi*', format: 'markdown', inReplyTo: id, expires, topicId, language: 'en' }),
    );
    expect(content).toMatchObject({
      inReplyTo: id,
      expires,
      part: { contentType: MEDIA_TYPE.markdown, language: 'en' },
    });
    expect(content.topicId).toEqual(topicId);
  });

  it('make one reaction as a part, and several as a part each', () => {
    const one = roundTrip(reactionContent({ ...header, inReplyTo: id, reaction: '👍' }));
    expect(one).toMatchObject({ inReplyTo: id, replaces: null });
    expect(one.part).toEqual(plain('👍', DISPOSITION.reaction));
    const two = roundTrip(reactionContent({ ...header, inReplyTo: id, reaction: ['👍', '❤️'] }));
    expect(two.part).toMatchObject({ kind: 'multi', semantics: 'processAll', disposition: DISPOSITION.reaction });
    expect(two.part.kind === 'multi' && two.part.parts).toEqual([
      plain('👍', DISPOSITION.reaction),
      plain('❤️', DISPOSITION.reaction),
    ]);
  });

  it('make an edit, a deletion and a reaction taken back, each of the first version', () => {
    const edit = roundTrip(editContent({ ...header, replaces: id, text: 'better' }));
    expect([edit.replaces, edit.part]).toEqual([id, plain('better')]);
    const deletion = roundTrip(deleteContent({ ...header, replaces: id }));
    expect([deletion.replaces, deletion.part]).toEqual([
      id,
      { kind: 'null', disposition: DISPOSITION.render, language: '' },
    ]);
    const unlike = roundTrip(unreactContent({ ...header, replaces: id }));
    expect(unlike.part).toEqual({ kind: 'null', disposition: DISPOSITION.reaction, language: '' });
  });

  it('make an attachment by reference, alone or with a caption', () => {
    const attachment = {
      contentType: 'image/png',
      url: 'https://files.example/1',
      encAlg: 1,
      key: toBytes(new Uint8Array(16)),
      nonce: toBytes(new Uint8Array(12)),
      hashAlg: 1,
      contentHash: toBytes(new Uint8Array(32)),
      filename: 'cat.png',
    };
    const alone = roundTrip(attachmentContent({ ...header, attachment }));
    expect(alone.part).toMatchObject({ ...attachment, disposition: DISPOSITION.attachment, sizeBytes: 0, expires: 0 });
    const captioned = roundTrip(attachmentContent({ ...header, attachment, caption: 'my cat' }));
    expect(captioned.part.kind === 'multi' && captioned.part.parts[0]).toEqual(plain('my cat'));
  });

  it('make a multipart, as an edit too', () => {
    const [first, second] = [textContent({ ...header, text: 'a' }), textContent({ ...header, text: 'b' })];
    const content = roundTrip(
      multipartContent({ ...header, replaces: id, semantics: 'chooseOne', parts: [first.part, second.part] }),
    );
    expect(content).toMatchObject({ replaces: id, part: { kind: 'multi', semantics: 'chooseOne' } });
  });

  it('refuse at encoding what cannot be sent: no reaction at all, a salt of the wrong size', () => {
    expect(() => encodeContent(reactionContent({ ...header, inReplyTo: id, reaction: [] }))).toThrow(/two parts/);
    expect(() => encodeContent(textContent({ ...header, text: '', salt: utf8('short') }))).toThrow(/salt/);
  });

  it('make a status report that is read again', () => {
    const report = [
      { messageId: id, status: 'read' },
      { messageId: id, status: { unknown: 200 } },
    ] as const;
    expect(statusReportOf(roundTrip(statusContent({ ...header, report })))).toEqual(report);
  });
});
