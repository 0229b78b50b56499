import { describe, expect, it } from '@jest/globals';
import { Submissions, type SubmitAnswer } from './submissions.js';

const accepted = (messageId: string): SubmitAnswer => ({
  kind: 'accepted',
  message: { id: 'm1', messageId, state: { kind: 'sent' }, deliverBefore: 1 },
});
describe('messages under way on a socket', () => {
  it('get their own answers, in whatever order those come', async () => {
    const submissions = new Submissions(new AbortController().signal);
    const [first, second] = [submissions.expect('a'), submissions.expect('b')];
    submissions.answered('b', accepted('b'));
    submissions.answered('unknown', accepted('unknown'));
    submissions.answered('a', accepted('a'));
    expect(await Promise.all([first, second])).toEqual([accepted('a'), accepted('b')]);
  });

  it('get none in time, when the socket goes, or when nobody waits any longer', async () => {
    const calls = new AbortController();
    const submissions = new Submissions(calls.signal, 20);
    expect(await submissions.expect('late')).toBeUndefined();
    const dropped = submissions.expect('dropped');
    submissions.giveUp();
    expect(await dropped).toBeUndefined();
    submissions.answered('dropped', accepted('dropped'));
    const left = submissions.expect('left');
    calls.abort();
    expect(await left).toBeUndefined();
    expect(await submissions.expect('too late')).toBeUndefined();
  });
});
