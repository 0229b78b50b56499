import { type FailureReason } from './failure-reason.js';

/** Why a message waits on the sender's device, which still holds its words: there is no body at the gateway meanwhile. */
export const WAIT_REASONS = ['consent', 'downgrade', 'route', 'key-change'] as const;
/** One of them. */
export type WaitReason = (typeof WAIT_REASONS)[number];

/**
 * Where a message stands, as its sender may see it:
 * `accepted -> waiting-on-sender | ready -> sending -> sent -> delivered`, each able to end otherwise.
 * `delivered`, `failed`, `expired`, `cancelled` and `unconfirmed` are terminal.
 */
export type MessageState =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'waiting-on-sender'; readonly reason: WaitReason }
  | { readonly kind: 'ready' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: FailureReason }
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled' }
  /** Handed to a network that never said what became of it. */
  | { readonly kind: 'unconfirmed' };

/**
 * What can happen to a message. Receipts, timers and people speak in any order and more than once.
 * `held`: a rule stops it; once an attempt began, only with the knowledge that nothing left.
 * `cleared`: nothing stops it any longer. `handed-over`: a network, or every device inbox, took it.
 */
export type MessageEvent =
  | { readonly kind: 'held'; readonly reason: WaitReason; readonly certainty?: 'not-sent' }
  | { readonly kind: 'cleared' }
  | { readonly kind: 'attempt-started' }
  | { readonly kind: 'handed-over' }
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: FailureReason }
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unconfirmed' };

const TERMINAL: ReadonlySet<MessageState['kind']> = new Set([
  'delivered',
  'failed',
  'expired',
  'cancelled',
  'unconfirmed',
] as const);

/** Nothing changes a terminal state; later receipts only annotate their attempt. */
export const isTerminal = (state: MessageState): boolean => TERMINAL.has(state.kind);

/** Whether the sender can still call it back: no attempt has begun. */
export const isCancellable = (state: MessageState): boolean =>
  state.kind === 'accepted' || state.kind === 'waiting-on-sender' || state.kind === 'ready';

/**
 * The state after an event. Pure and total: an event that is late, repeated or out of place leaves the state as it is, the very same
 * object, so `next === current` means nothing happened.
 *
 * It never goes backwards and a terminal state stays. `waiting-on-sender` and `ready` are one stage, in which nothing has been tried:
 * a message moves between them as rules change and the sender answers. An attempt that provably did not leave may be held again
 * (the route changed between two attempts), with `certainty: 'not-sent'`, and in no other way.
 */
export function reduceState(current: MessageState, event: MessageEvent): MessageState {
  if (isTerminal(current)) return current;
  switch (event.kind) {
    case 'held':
      return hold(current, event);
    case 'cleared':
      return current.kind === 'accepted' || current.kind === 'waiting-on-sender' ? { kind: 'ready' } : current;
    case 'attempt-started':
      return current.kind === 'accepted' || current.kind === 'ready' ? { kind: 'sending' } : current;
    case 'handed-over':
      return current.kind === 'sent' ? current : { kind: 'sent' };
    case 'cancelled':
      return isCancellable(current) ? { kind: 'cancelled' } : current;
    case 'unconfirmed':
      return current.kind === 'sending' || current.kind === 'sent' ? { kind: 'unconfirmed' } : current;
    case 'failed':
      return { kind: 'failed', reason: event.reason };
    case 'delivered':
    case 'expired':
      return { kind: event.kind };
  }
}

function hold(current: MessageState, event: Extract<MessageEvent, { kind: 'held' }>): MessageState {
  const nothingLeft = isCancellable(current) || (current.kind === 'sending' && event.certainty === 'not-sent');
  const isSame = current.kind === 'waiting-on-sender' && current.reason === event.reason;
  return nothingLeft && !isSame ? { kind: 'waiting-on-sender', reason: event.reason } : current;
}
