import fc from 'fast-check';
import { FAILURE_REASONS, parseFailureReason } from '../failure-reason.js';
import { WAIT_REASONS, type MessageEvent, type MessageState } from '../message-state.js';

const anyFailureReason = fc
  .constantFrom(...Object.keys(FAILURE_REASONS))
  .map((word) => parseFailureReason(word) ?? 'unknown');
const anyWaitReason = fc.constantFrom(...WAIT_REASONS);

const plain = <Kind extends string>(...kinds: readonly Kind[]): fc.Arbitrary<{ readonly kind: Kind }> =>
  fc.record({ kind: fc.constantFrom(...kinds) });

export const anyState: fc.Arbitrary<MessageState> = fc.oneof(
  plain('accepted', 'ready', 'sending', 'sent', 'delivered', 'expired', 'cancelled', 'unconfirmed'),
  fc.record({ kind: fc.constant('waiting-on-sender' as const), reason: anyWaitReason }),
  fc.record({ kind: fc.constant('failed' as const), reason: anyFailureReason }),
);

export const anyEvent: fc.Arbitrary<MessageEvent> = fc.oneof(
  plain('cleared', 'attempt-started', 'handed-over', 'delivered', 'expired', 'cancelled', 'unconfirmed'),
  fc.record({ kind: fc.constant('held' as const), reason: anyWaitReason }),
  fc.record({ kind: fc.constant('held' as const), reason: anyWaitReason, certainty: fc.constant('not-sent' as const) }),
  fc.record({ kind: fc.constant('failed' as const), reason: anyFailureReason }),
);
