import { parseMessageId, type MessageId } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import type { Invocation } from '../command.js';

/** The message a command is about. Throws `StartupProblem` for what is no id; `where` says where ids are printed. */
export function messageIdOf(invocation: Invocation, where: string): MessageId {
  const messageId = parseMessageId(invocation.arguments[0] ?? '');
  if (messageId) return messageId;
  throw new StartupProblem('This is not the id of a message.', where);
}
