import type { MessageStatus } from '@causeway/api-contract';
import { CausewayError, parseAddress, type MessageId, type NativeAddress } from '@causeway/message-model';
import type { SentMessage } from './outgoing.js';

/** A message as its sender can ask about it: from this device, and from the gateway when it knows of it. */
export interface MessageInquiry extends SentMessage {
  readonly gateway?: MessageStatus;
}

export type MessageReference = MessageId | { readonly messageId: MessageId };
export const idOf = (message: MessageReference): MessageId =>
  typeof message === 'string' ? message : message.messageId;

/** Throws `CausewayError('invalid-address')` for what is no `mimi://` address. */
export function nativeOf(text: string): NativeAddress {
  const address = parseAddress(text);
  if (address?.kind === 'native') return address;
  throw new CausewayError('invalid-address');
}
