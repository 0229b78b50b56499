import { parseFailureReason } from './failure-reason.js';
import { WAIT_REASONS, type MessageState } from './message-state.js';

/** The compact text a state is stored and shown as: `sent`, `waiting-on-sender:downgrade`, `failed:blocked`. */
export function formatState(state: MessageState): string {
  return 'reason' in state ? `${state.kind}:${state.reason}` : state.kind;
}

/** The state behind `formatState`'s text; `undefined` for any other text. */
export function parseState(text: string): MessageState | undefined {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const reason = colon < 0 ? undefined : text.slice(colon + 1);
  switch (kind) {
    case 'waiting-on-sender': {
      const wait = WAIT_REASONS.find((each) => each === reason);
      return wait && { kind, reason: wait };
    }
    case 'failed': {
      const failure = reason === undefined ? undefined : parseFailureReason(reason);
      return failure && { kind, reason: failure };
    }
    case 'accepted':
    case 'ready':
    case 'sending':
    case 'sent':
    case 'delivered':
    case 'expired':
    case 'cancelled':
    case 'unconfirmed':
      return reason === undefined ? { kind } : undefined;
    default:
      return undefined;
  }
}
