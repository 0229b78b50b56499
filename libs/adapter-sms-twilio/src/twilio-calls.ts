import type { Attempt, Unavailable } from '@causeway/network-adapter';
import twilio from 'twilio';
import { CarrierRequest } from './carrier-request.js';
import { explainUnavailable, isAbsent, unknownCodeOf } from './explain-failure.js';
import type { TwilioSmsOptions } from './twilio-sms-options.js';

/** The Messages resource of the account, over one transport. */
export type Messages = ReturnType<typeof twilio>['messages'];

/** The calls of one adapter to Twilio: each on a transport of its own, none begun after the end, all awaited at the end. */
export class TwilioCalls {
  private readonly inFlight = new Set<Promise<unknown>>();
  private readonly closing = new AbortController();

  constructor(private readonly options: TwilioSmsOptions) {}

  get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  /** Aborted when the adapter is disposed of; for what may be given up half-way. */
  get signal(): AbortSignal {
    return this.closing.signal;
  }

  newRequest(attempt?: Attempt): CarrierRequest {
    const { apiUrl, clock, callTimeoutMs } = this.options;
    return new CarrierRequest({
      apiUrl,
      clock,
      timeoutMs: callTimeoutMs ?? 10_000,
      callBeforeMs: attempt?.callBeforeMs ?? Number.POSITIVE_INFINITY,
      signal: attempt?.signal,
    });
  }

  messages(httpClient: CarrierRequest): Messages {
    const { accountSid, authToken } = this.options;
    return twilio(accountSid, authToken.reveal(), { httpClient, autoRetry: false }).messages;
  }

  /** A question, which changes nothing and may be asked again. `whenAbsent`: what a 404 means, where it is an answer. */
  async ask<Answer>(
    question: (messages: Messages) => Promise<Answer>,
    whenAbsent?: Answer,
  ): Promise<Answer | Unavailable> {
    if (this.isClosed) return { kind: 'unavailable' };
    const request = this.newRequest();
    return this.settled(async () => {
      try {
        return await question(this.messages(request));
      } catch (thrown) {
        if (whenAbsent !== undefined && isAbsent(thrown)) return whenAbsent;
        this.countUnknown(thrown);
        return explainUnavailable(thrown, request.retryAfterMs);
      }
    });
  }

  countUnknown(thrown: unknown): void {
    const code = unknownCodeOf(thrown);
    if (code !== undefined) this.options.onUnknownCode?.(code);
  }

  async settled<Outcome>(act: () => Promise<Outcome>): Promise<Outcome> {
    const outcome = act();
    this.inFlight.add(outcome);
    try {
      return await outcome;
    } finally {
      this.inFlight.delete(outcome);
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.inFlight);
  }
}
