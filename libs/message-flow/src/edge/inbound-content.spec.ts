import { describe, expect, it } from '@jest/globals';
import { parseMessageId, plainTextOf, utf8 } from '@causeway/message-model';
import { Plaintext } from '@causeway/platform';
import { contentOfArrival, fetchFiles, type About, type Arrival } from './inbound-content.js';

const header = { senderUri: 'tel:+14155550123', roomUri: 'mimi://a.example/r/1' };
const from = { externalId: 'x', from: new Plaintext('+14155550123'), to: '+14155550100', receivedAtMs: 0 };
const message = { ...from, kind: 'message', text: new Plaintext('look'), media: [] } as const;
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there');
  return value;
}
const NONE = { files: [], notices: [] };
const ABOUT_NOTHING: About = { isAbout: false, messageId: undefined };
const FORGOTTEN: About = { isAbout: true, messageId: undefined };
const wordsOf = (arrival: Arrival, about: About = ABOUT_NOTHING): string | undefined =>
  plainTextOf(contentOfArrival(arrival, NONE, header, about));
const ours = must(parseMessageId(Buffer.alloc(32, 1).toString('base64url')));

describe('what came from a clear network', () => {
  it('is its words, and those on a suggestion that was tapped', () => {
    expect(wordsOf(message)).toBe('look');
    expect(wordsOf({ ...message, text: new Plaintext('Yes'), suggestion: { postback: new Plaintext('opaque') } })).toBe(
      'Yes',
    );
  });

  it('says that it answers, or reacts to, something that nobody can name', () => {
    expect(wordsOf({ ...message, replyTo: 'y' }, FORGOTTEN)).toBe('[Answers an earlier message]\nlook');
    const reaction = { ...from, kind: 'reaction', target: 'y' } as const;
    expect(wordsOf({ ...reaction, emoji: new Plaintext('👍') }, FORGOTTEN)).toBe('[Reacted 👍 to an earlier message]');
    expect(wordsOf({ ...reaction, emoji: null }, FORGOTTEN)).toBe('[Took back a reaction]');
  });

  it('names the message of ours that it answers or reacts to', () => {
    const known: About = { isAbout: true, messageId: ours };
    const answer = contentOfArrival({ ...message, replyTo: 'y' }, NONE, header, known);
    expect([answer.inReplyTo, plainTextOf(answer)]).toEqual([ours, 'look']);
    const reaction = { ...from, kind: 'reaction', target: 'y' } as const;
    const put = contentOfArrival({ ...reaction, emoji: new Plaintext('👍') }, NONE, header, known);
    expect([put.inReplyTo, put.part.disposition, plainTextOf(put)]).toEqual([ours, 2, '👍']);
    const taken = contentOfArrival({ ...reaction, emoji: null }, NONE, header, known);
    expect([taken.inReplyTo, plainTextOf(taken)]).toEqual([ours, '[Took back a reaction]']);
  });

  it('holds its files after its words', () => {
    const files = [{ contentType: 'image/png', content: utf8('picture') }];
    const { part } = contentOfArrival(message, { files, notices: ['[one more]'] }, header, ABOUT_NOTHING);
    expect(part).toMatchObject({
      kind: 'multi',
      parts: [{ content: utf8('look\n[one more]') }, { disposition: 6, contentType: 'image/png' }],
    });
    const alone = contentOfArrival(
      { ...message, text: new Plaintext('') },
      { files, notices: [] },
      header,
      ABOUT_NOTHING,
    );
    expect(alone.part).toMatchObject({ kind: 'single', disposition: 6 });
  });

  it('names each file that a network without a way to fetch it announced', async () => {
    const media = [{ url: new Plaintext('https://x.example/1'), contentType: 'image/png', sizeBytes: 2_000 }];
    expect(await fetchFiles(undefined, { ...message, media })).toEqual({
      files: [],
      notices: ['[Attachment not carried over: image/png, 2 KiB; could not be fetched]'],
    });
  });
});
