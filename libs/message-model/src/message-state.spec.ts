import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isCancellable, isTerminal, reduceState, type MessageEvent, type MessageState } from './message-state.js';
import { formatState, parseState } from './state-text.js';
import { anyEvent, anyState } from './testing/index.js';

const after = (...events: readonly MessageEvent[]): MessageState =>
  events.reduce<MessageState>(reduceState, { kind: 'accepted' });

/** How much of the way is behind a message. Waiting and ready are one stage. */
const stage = (state: MessageState): number => {
  if (isTerminal(state)) return 4;
  if (state.kind === 'sent') return 3;
  if (state.kind === 'sending') return 2;
  return state.kind === 'accepted' ? 0 : 1;
};

describe('the state of a message', () => {
  it('walks the whole way', () => {
    expect(after()).toEqual({ kind: 'accepted' });
    expect(after({ kind: 'cleared' })).toEqual({ kind: 'ready' });
    expect(after({ kind: 'cleared' }, { kind: 'attempt-started' })).toEqual({ kind: 'sending' });
    expect(after({ kind: 'cleared' }, { kind: 'attempt-started' }, { kind: 'handed-over' })).toEqual({ kind: 'sent' });
    expect(after({ kind: 'handed-over' }, { kind: 'delivered' })).toEqual({ kind: 'delivered' });
  });

  it('never goes backwards, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (state, event) => {
        const next = reduceState(state, event);
        const isProvenUnsent = event.kind === 'held' && event.certainty === 'not-sent' && state.kind === 'sending';
        if (!isProvenUnsent) expect(stage(next)).toBeGreaterThanOrEqual(stage(state));
      }),
    );
  });

  it('stays terminal for good', () => {
    fc.assert(
      fc.property(anyState.filter(isTerminal), fc.array(anyEvent), (state, events) => {
        expect(events.reduce(reduceState, state)).toBe(state);
      }),
    );
  });

  it('takes no notice of the same event twice', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (state, event) => {
        const once = reduceState(state, event);
        expect(reduceState(once, event)).toBe(once);
      }),
    );
  });

  it('reaches a terminal state from every other one', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(isTerminal(reduceState(state, { kind: 'expired' }))).toBe(true);
      }),
    );
  });

  it('ignores a receipt that comes late: sent after delivered', () => {
    expect(after({ kind: 'attempt-started' }, { kind: 'delivered' }, { kind: 'handed-over' })).toEqual({
      kind: 'delivered',
    });
  });

  it('moves between waiting and ready as often as rules change, and keeps the newest reason', () => {
    expect(after({ kind: 'held', reason: 'consent' }, { kind: 'held', reason: 'downgrade' })).toEqual({
      kind: 'waiting-on-sender',
      reason: 'downgrade',
    });
    expect(after({ kind: 'cleared' }, { kind: 'held', reason: 'route' })).toEqual({
      kind: 'waiting-on-sender',
      reason: 'route',
    });
    expect(after({ kind: 'held', reason: 'route' }, { kind: 'cleared' })).toEqual({ kind: 'ready' });
  });

  it('starts no attempt while the sender is still to answer', () => {
    expect(after({ kind: 'held', reason: 'downgrade' }, { kind: 'attempt-started' }).kind).toBe('waiting-on-sender');
  });

  it('is held again after an attempt only when nothing left', () => {
    expect(after({ kind: 'attempt-started' }, { kind: 'held', reason: 'route' })).toEqual({ kind: 'sending' });
    expect(after({ kind: 'attempt-started' }, { kind: 'held', reason: 'route', certainty: 'not-sent' })).toEqual({
      kind: 'waiting-on-sender',
      reason: 'route',
    });
    expect(after({ kind: 'handed-over' }, { kind: 'held', reason: 'route', certainty: 'not-sent' })).toEqual({
      kind: 'sent',
    });
  });

  it('can be called back until an attempt begins', () => {
    expect(after({ kind: 'cleared' }, { kind: 'cancelled' })).toEqual({ kind: 'cancelled' });
    expect(after({ kind: 'attempt-started' }, { kind: 'cancelled' })).toEqual({ kind: 'sending' });
    fc.assert(
      fc.property(anyState, (state) => {
        const next = reduceState(state, { kind: 'cancelled' });
        expect(next !== state).toBe(isCancellable(state));
      }),
    );
  });

  it('becomes unconfirmed only once something may have left', () => {
    expect(after({ kind: 'unconfirmed' })).toEqual({ kind: 'accepted' });
    expect(after({ kind: 'attempt-started' }, { kind: 'unconfirmed' })).toEqual({ kind: 'unconfirmed' });
  });
});

describe('the text of a state', () => {
  it('is short and says the reason', () => {
    expect(formatState({ kind: 'waiting-on-sender', reason: 'downgrade' })).toBe('waiting-on-sender:downgrade');
    expect(formatState({ kind: 'failed', reason: 'blocked' })).toBe('failed:blocked');
    expect(formatState({ kind: 'sent' })).toBe('sent');
  });

  it('is read back as the same state', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(parseState(formatState(state))).toEqual(state);
      }),
    );
  });

  it.each([
    '',
    'failed',
    'failed:',
    'failed:toString',
    'sent:',
    'sent:blocked',
    'waiting-on-sender',
    'waiting-on-sender:blocked',
    'lost',
  ])('is nothing when it is %j', (text) => {
    expect(parseState(text)).toBeUndefined();
  });

  it('never throws and never reads two texts as one state', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const state = parseState(text);
        if (state !== undefined) expect(formatState(state)).toBe(text);
      }),
    );
  });
});
