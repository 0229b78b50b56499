import { parseMessageId, type MessageId } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import type { Invocation } from '../command.js';

/** The first argument as the id of a message. `shownBy`: the command that shows such ids. */
export function messageIdOf(invocation: Invocation, shownBy = 'causeway send'): MessageId {
  const messageId = parseMessageId(invocation.arguments[0] ?? '');
  if (messageId) return messageId;
  throw new StartupProblem('This is not the id of a message.', `It is what ${shownBy} printed.`);
}
