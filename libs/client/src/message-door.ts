import type { AcceptedMessage } from '@causeway/api-contract';
import type { MessageId } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import { isTemporary, ProblemError } from './problem-error.js';
import type { InboxSocket } from './socket.js';

/**
 * Where messages leave this device: over its open socket, which costs both ends less than a request, and as a request when there is none or
 * no answer came. Safe because a message submitted twice is the same message.
 */
export class MessageDoor {
  #socket: Pick<InboxSocket, 'submit'> | undefined;

  constructor(private readonly context: Pick<DeviceContext, 'api'>) {}

  use(socket: Pick<InboxSocket, 'submit'>): void {
    this.#socket = socket;
  }

  /** `json` is the message as stored: a repeated one has to be identical. Throws as every call of `GatewayApi`. */
  async submit(messageId: MessageId, json: string): Promise<AcceptedMessage> {
    const answer = await this.#socket?.submit(messageId, json);
    if (answer?.kind === 'accepted') return answer.message;
    if (answer) {
      const problem = new ProblemError(answer.problem, answer.problem);
      // a request comes again after a pause, as often as every call does
      if (!isTemporary(problem) || problem.code === 'abnormal-usage-detected') throw problem;
    }
    return this.context.api.sendMessage(messageId, json);
  }
}
