import type { AcceptedMessage, Problem } from '@causeway/api-contract';

/** What the gateway said to a message that was submitted over the socket. */
export type SubmitAnswer =
  | { readonly kind: 'accepted'; readonly message: AcceptedMessage }
  | { readonly kind: 'refused'; readonly problem: Problem & Readonly<Record<string, unknown>> };

type Settle = (answer: SubmitAnswer | undefined) => void;

const ANSWER_WITHIN_MS = 15_000;

/** Messages under way on one socket, by their ids; each gets its answer, or undefined when none comes. */
export class Submissions {
  readonly #waiting = new Map<string, Settle>();

  /** With the end of `calls` nobody waits any longer. */
  constructor(
    private readonly calls: AbortSignal,
    private readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {
    calls.addEventListener('abort', () => this.giveUp());
  }

  expect(messageId: string): Promise<SubmitAnswer | undefined> {
    if (this.calls.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle: Settle = (answer) => {
        clearTimeout(timer);
        if (this.#waiting.get(messageId) === settle) this.#waiting.delete(messageId);
        resolve(answer);
      };
      const timer = setTimeout(() => settle(undefined), this.answerWithinMs);
      this.#waiting.set(messageId, settle);
    });
  }

  /** An answer to what nobody waits for any more changes nothing. */
  answered(messageId: string, answer: SubmitAnswer): void {
    this.#waiting.get(messageId)?.(answer);
  }

  /** The socket is gone: no answer comes. */
  giveUp(): void {
    for (const settle of [...this.#waiting.values()]) settle(undefined);
  }
}
