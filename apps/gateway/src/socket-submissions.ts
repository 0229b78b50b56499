import { Injectable } from '@nestjs/common';
import { sendMessageSchema, type ClientFrame } from '@causeway/api-contract';
import { CausewayError } from '@causeway/message-model';
import {
  type Events,
  invalidRequest,
  problemDocument,
  problemOf,
  type Metrics,
  type ProblemDocument,
} from '@causeway/platform/server';
import { Authenticator } from './caller.js';
import { SubmitMessage } from './submit-message.js';

type Submitted = Extract<ClientFrame, { type: 'submit' }>['message'];

/** The answer to a message, as it travels. */
export type SubmitFrame =
  | { readonly type: 'accepted'; readonly message: Awaited<ReturnType<SubmitMessage['execute']>> }
  | { readonly type: 'refused'; readonly messageId: string; readonly problem: ProblemDocument };

/** Messages that devices submit over their open sockets, and the frames that answer them. */
@Injectable()
export class SocketSubmissions {
  private readonly underWay = new Set<Promise<void>>();
  private isClosing = false;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly submit: SubmitMessage,
    private readonly events: Events,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Hands over one frame; what went wrong is in it. The token is looked up for each message, as for a request: it may have gone meanwhile.
   */
  answer(token: Uint8Array, message: Submitted, hand: (frame: SubmitFrame) => void): Promise<void> {
    const answered = this.accepted(token, message)
      .catch((thrown: unknown) => this.refused(message, thrown))
      .then(hand);
    this.underWay.add(answered);
    return answered.finally(() => this.underWay.delete(answered));
  }

  /** Takes no more; resolves when the answers of all that was taken are handed over. */
  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.underWay);
  }

  private async accepted(token: Uint8Array, message: Submitted): Promise<SubmitFrame> {
    if (this.isClosing) throw new CausewayError('unavailable');
    const startedMs = performance.now();
    const request = sendMessageSchema.safeParse(message);
    if (!request.success) throw invalidRequest(request.error.issues);
    const caller = await this.authenticator.known(token);
    const accepted = await this.submit.execute(caller, request.data);
    this.metrics.observe('causeway_socket_submit_seconds', {}, (performance.now() - startedMs) / 1000);
    return { type: 'accepted', message: accepted };
  }

  private refused({ messageId }: Submitted, thrown: unknown): SubmitFrame {
    const problem = problemOf(thrown);
    if (problem.code === 'internal') this.events.bugCaught({ component: 'socket-submissions', thrown });
    this.events.problemAnswered({ code: problem.code, status: problem.status });
    return { type: 'refused', messageId, problem: problemDocument(problem) };
  }
}
