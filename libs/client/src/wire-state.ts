import { parseState, type MessageState } from '@causeway/message-model';
import { GatewayUnreachableError } from './problem-error.js';

/** A state as the wire has it. A gateway that names one we do not know is taken for one that gave no answer. */
export function readWireState(shown: { readonly kind: string; readonly reason?: string | undefined }): MessageState {
  const text = shown.reason === undefined ? shown.kind : `${shown.kind}:${shown.reason}`;
  const state = parseState(text);
  if (!state) throw new GatewayUnreachableError({ cause: new Error('the gateway named a state that is none') });
  return state;
}
