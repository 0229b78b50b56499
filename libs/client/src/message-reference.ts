import type { MessageStatus } from '@causeway/api-contract';
import type { MessageId } from '@causeway/message-model';
import type { SentMessage } from './outgoing.js';

/** A message as its sender can ask about it: from this device, and from the gateway when it knows of it. */
export interface MessageInquiry extends SentMessage {
  readonly gateway?: MessageStatus;
}

/** A message, or its id. */
export type MessageReference = MessageId | { readonly messageId: MessageId };

export const idOf = (message: MessageReference): MessageId =>
  typeof message === 'string' ? message : message.messageId;
