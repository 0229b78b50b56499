import { ADAPTER_CONTRACT_VERSION } from '@causeway/network-adapter';
import type {
  Attempt,
  ClearAdapter,
  ClearOutbound,
  DeliverOutcome,
  FetchesStatus,
  Forgets,
  InboundMessage,
  ListsReceived,
  LookUpAnswer,
  LookUpQuestion,
  LooksUp,
  RawRequest,
  ReceiveOutcome,
} from '@causeway/network-adapter';
import type { Capabilities } from '@causeway/message-model';
import { Plaintext } from '@causeway/platform';
import twilio from 'twilio';
import { CarrierRequest } from './carrier-request.js';
import { createParameters, refuseBeforeCall } from './create-parameters.js';
import { explainFailure, explainUnavailable, isAbsent } from './explain-failure.js';
import { isFinalStatus, readStatus } from './message-status.js';
import { readMessage, readReceipt, withConsentWord } from './read-events.js';
import { SMS_CAPABILITIES } from './sms-capabilities.js';
import type { TwilioSmsOptions } from './twilio-sms-options.js';
import { authenticateForm } from './webhook-form.js';
import { smsWebhookUrls, type SmsWebhookUrls } from './webhook-urls.js';

/** Name of the network in plans and statements. */
export const SMS_NETWORK = 'sms';

/** Twilio's clock and ours differ, and its dates have whole seconds (PROTOCOL section 8). */
const LOOK_UP_MARGIN_MS = 60_000;
const PAGE_SIZE = 200;
const SID = /^(SM|MM)[0-9a-f]{32}$/;

type StatusAnswer = Awaited<ReturnType<FetchesStatus['fetchStatus']>>;
type ForgetAnswer = Awaited<ReturnType<Forgets['forget']>>;
type ReceivedAnswer = Awaited<ReturnType<ListsReceived['listReceived']>>;

/**
 * SMS through Twilio's Messages resource, version 2010-04-01. One call per `deliver`, never repeated; safe to use
 * concurrently. It cannot withdraw: Twilio cancels scheduled messages only (error 30409).
 */
export class TwilioSmsAdapter implements ClearAdapter, LooksUp, ListsReceived, FetchesStatus, Forgets {
  readonly contractVersion = ADAPTER_CONTRACT_VERSION;
  readonly network = SMS_NETWORK;
  readonly confidentiality = 'clear';
  readonly isSimulated: boolean;
  readonly regions: readonly string[];
  /** The addresses to give to Twilio and to route to {@link receive}. */
  readonly webhookUrls: SmsWebhookUrls;

  private readonly inFlight = new Set<Promise<unknown>>();
  private isDisposed = false;

  constructor(private readonly options: TwilioSmsOptions) {
    this.isSimulated = options.isSimulated;
    this.regions = options.regions ?? ['us1'];
    this.webhookUrls = smsWebhookUrls(options.publicWebhookUrl);
  }

  async capabilities(): Promise<Capabilities> {
    return SMS_CAPABILITIES;
  }

  async deliver(outbound: ClearOutbound, attempt: Attempt): Promise<DeliverOutcome> {
    const refused = refuseBeforeCall(outbound, this.options);
    if (refused) return refused;
    const request = this.newRequest(attempt);
    if (this.isDisposed) return explainFailure(undefined, request);
    const parameters = createParameters(outbound, this.options);
    return this.settled(async (): Promise<DeliverOutcome> => {
      try {
        const message = await this.messages(request).create(parameters);
        if (!SID.test(message.sid)) return explainFailure(undefined, request);
        const segments = Number.parseInt(message.numSegments, 10);
        return { kind: 'accepted', externalId: message.sid, ...(segments > 0 ? { segments } : {}) };
      } catch (thrown) {
        return explainFailure(thrown, request);
      }
    });
  }

  async receive(request: RawRequest): Promise<ReceiveOutcome> {
    const door = this.webhookUrls.read(request.url);
    if (!door) return { kind: 'rejected', reason: 'unknown-path' };
    const form = authenticateForm(request, this.options.authToken);
    if (!form) return { kind: 'rejected', reason: 'bad-signature' };
    if (form.get('AccountSid') !== this.options.accountSid) return { kind: 'rejected', reason: 'wrong-account' };
    const events =
      door.kind === 'inbound' ? readMessage(form, this.options.clock.nowMs()) : readReceipt(form, door.ref);
    if (!events) return { kind: 'rejected', reason: 'malformed' };
    // an empty TwiML document: anything else would be sent to the person as an answer
    return { kind: 'events', events, response: { status: 200, contentType: 'text/xml', body: '<Response/>' } };
  }

  async lookUp({ from, to, startedAtMs }: LookUpQuestion): Promise<LookUpAnswer> {
    return this.ask(async (messages) => {
      const dateSentAfter = new Date(startedAtMs - LOOK_UP_MARGIN_MS);
      const found = await messages.list({ from, to: to.reveal(), dateSentAfter, pageSize: PAGE_SIZE });
      const candidates = found
        .filter((message) => message.direction === 'outbound-api')
        .map((message) => ({
          externalId: message.sid,
          createdAtMs: message.dateCreated.getTime(),
          ...(readStatus(message.status, message.errorCode ?? undefined) ?? { status: 'sending' as const }),
        }));
      return { kind: 'candidates', candidates };
    });
  }

  /** Texts only: the files of an MMS are named by its webhook, a list would cost one more call for each. */
  async listReceived(bridgeNumber: string, sinceMs: number): Promise<ReceivedAnswer> {
    return this.ask(async (messages) => {
      const found = await messages.list({ to: bridgeNumber, dateSentAfter: new Date(sinceMs), pageSize: PAGE_SIZE });
      const received = found
        .filter((message) => message.direction === 'inbound')
        .map((message): InboundMessage => ({
          kind: 'message',
          externalId: message.sid,
          from: new Plaintext(message.from),
          to: message.to,
          text: new Plaintext(message.body),
          media: [],
          receivedAtMs: message.dateCreated.getTime(),
        }));
      return {
        kind: 'messages',
        messages: received
          .toSorted((a, b) => a.receivedAtMs - b.receivedAtMs)
          .flatMap((message) => withConsentWord(message)),
      };
    });
  }

  async fetchStatus(externalId: string): Promise<StatusAnswer> {
    return this.ask<StatusAnswer>(
      async (messages) => {
        const message = await messages(externalId).fetch();
        const standing = readStatus(message.status, message.errorCode ?? undefined);
        return standing ? { kind: 'status', ...standing } : { kind: 'unavailable' };
      },
      { kind: 'absent' },
    );
  }

  /** Looks before it deletes: a resource deleted too early takes its delivery report with it. */
  async forget(externalId: string): Promise<ForgetAnswer> {
    const standing = await this.fetchStatus(externalId);
    if (standing.kind === 'absent') return { kind: 'forgotten' };
    if (standing.kind === 'unavailable') return standing;
    if (!isFinalStatus(standing.status)) return { kind: 'not-final' };
    return this.ask<ForgetAnswer>(
      async (messages) => {
        await messages(externalId).remove();
        return { kind: 'forgotten' };
      },
      { kind: 'forgotten' },
    );
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    await Promise.allSettled(this.inFlight);
  }

  private async ask<Answer>(
    question: (messages: ReturnType<TwilioSmsAdapter['messages']>) => Promise<Answer>,
    whenAbsent?: Answer,
  ): Promise<Answer | ReturnType<typeof explainUnavailable>> {
    if (this.isDisposed) return { kind: 'unavailable' };
    const request = this.newRequest();
    return this.settled(async () => {
      try {
        return await question(this.messages(request));
      } catch (thrown) {
        return whenAbsent !== undefined && isAbsent(thrown)
          ? whenAbsent
          : explainUnavailable(thrown, request.retryAfterMs);
      }
    });
  }

  private newRequest(attempt?: Attempt): CarrierRequest {
    const { apiUrl, clock, callTimeoutMs } = this.options;
    return new CarrierRequest({
      apiUrl,
      clock,
      timeoutMs: callTimeoutMs ?? 10_000,
      callBeforeMs: attempt?.callBeforeMs ?? Number.POSITIVE_INFINITY,
      signal: attempt?.signal,
    });
  }

  private messages(httpClient: CarrierRequest) {
    const { accountSid, authToken } = this.options;
    return twilio(accountSid, authToken.reveal(), { httpClient, autoRetry: false }).messages;
  }

  private async settled<Outcome>(act: () => Promise<Outcome>): Promise<Outcome> {
    const outcome = act();
    this.inFlight.add(outcome);
    try {
      return await outcome;
    } finally {
      this.inFlight.delete(outcome);
    }
  }
}
