import { ADAPTER_CONTRACT_VERSION } from '@causeway/network-adapter';
import type {
  Attempt,
  ClearAdapter,
  ClearOutbound,
  DeliverOutcome,
  FetchesMedia,
  FetchesStatus,
  Forgets,
  ListsReceived,
  LookUpAnswer,
  LookUpQuestion,
  LooksUp,
  RawRequest,
  ReceiveOutcome,
  RecipientHint,
} from '@causeway/network-adapter';
import type { Capabilities } from '@causeway/message-model';
import type { Plaintext } from '@causeway/platform';
import { answerOf } from './answer-help.js';
import { AnswerGuard } from './answer-guard.js';
import { createParameters, refuseBeforeCall, segmentsOf } from './create-parameters.js';
import { explainFailure, isAbsent } from './explain-failure.js';
import { fetchMedia } from './fetch-media.js';
import { isFinalStatus, readStatus } from './message-status.js';
import { readMessage, readReceipt } from './read-events.js';
import { listReceived } from './received-messages.js';
import { SenderPace } from './sender-pace.js';
import { capabilitiesOf } from './sms-capabilities.js';
import { TwilioCalls, type Messages } from './twilio-calls.js';
import { TWILIO_ERRORS } from './twilio-errors.js';
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
type MediaAnswer = Awaited<ReturnType<FetchesMedia['fetchMedia']>>;

/**
 * SMS through Twilio's Messages resource, version 2010-04-01. One call per `deliver`, never repeated; safe to use
 * concurrently. It cannot withdraw: Twilio cancels scheduled messages only (error 30409).
 */
export class TwilioSmsAdapter implements ClearAdapter, LooksUp, ListsReceived, FetchesStatus, FetchesMedia, Forgets {
  readonly contractVersion = ADAPTER_CONTRACT_VERSION;
  readonly network = SMS_NETWORK;
  readonly confidentiality = 'clear';
  readonly isSimulated: boolean;
  readonly regions: readonly string[];
  /** The addresses to give to Twilio and to route to {@link receive}. */
  readonly webhookUrls: SmsWebhookUrls;

  private readonly calls: TwilioCalls;
  private readonly pace: SenderPace;
  private readonly answers: AnswerGuard;

  constructor(private readonly options: TwilioSmsOptions) {
    this.isSimulated = options.isSimulated;
    this.regions = options.regions ?? ['us1'];
    this.webhookUrls = smsWebhookUrls(options.publicWebhookUrl);
    this.calls = new TwilioCalls(options);
    this.pace = new SenderPace(options.clock, options.segmentsPerSecond);
    this.answers = new AnswerGuard(options.clock, options.bridgeNumbers);
  }

  async capabilities({ country }: RecipientHint): Promise<Capabilities> {
    return capabilitiesOf(this.options.sendsMedia, country);
  }

  async deliver(outbound: ClearOutbound, attempt: Attempt): Promise<DeliverOutcome> {
    const refused = refuseBeforeCall(outbound, this.options);
    if (refused) return refused;
    const request = this.calls.newRequest(attempt);
    if (this.calls.isClosed) return explainFailure(undefined, request);
    const congested = this.pace.admit(outbound.from, segmentsOf(outbound));
    if (congested) return congested;
    const parameters = createParameters(outbound, this.options);
    return this.calls.settled(async (): Promise<DeliverOutcome> => {
      try {
        const message = await this.calls.messages(request).create(parameters);
        if (!SID.test(message.sid)) return explainFailure(undefined, request);
        const segments = Number.parseInt(message.numSegments, 10);
        return { kind: 'accepted', externalId: message.sid, ...(segments > 0 ? { segments } : {}) };
      } catch (thrown) {
        this.calls.countUnknown(thrown);
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
    for (const event of events) if (event.kind === 'receipt') this.countUnknown(event.vendorCode);
    return { kind: 'events', events, response: answerOf(events, this.options.helpAnswer, this.answers) };
  }

  async lookUp({ from, to, startedAtMs }: LookUpQuestion): Promise<LookUpAnswer> {
    return this.calls.ask(async (messages) => {
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

  async listReceived(bridgeNumber: string, sinceMs: number): Promise<ReceivedAnswer> {
    return this.calls.ask(async (messages) => ({
      kind: 'messages',
      messages: await listReceived(messages, { bridgeNumber, sinceMs, options: this.options }),
    }));
  }

  async fetchStatus(externalId: string): Promise<StatusAnswer> {
    return this.calls.ask<StatusAnswer>(
      async (messages) => {
        const message = await messages(externalId).fetch();
        const standing = readStatus(message.status, message.errorCode ?? undefined);
        return standing ? { kind: 'status', ...standing } : { kind: 'unavailable' };
      },
      { kind: 'absent' },
    );
  }

  /**
   * The message, ours or one we received, and the files of it. Looks before it deletes: a resource deleted too early takes its
   * delivery report with it. Files go first, since nothing leads to them once their message is gone.
   */
  async forget(externalId: string): Promise<ForgetAnswer> {
    return this.calls.ask<ForgetAnswer>(
      async (messages) => {
        const message = await messages(externalId).fetch();
        if (!this.isFinal(message)) return { kind: 'not-final' };
        if (Number(message.numMedia) > 0) {
          const resource = messages(externalId);
          for (const { sid } of await resource.media.list({ pageSize: PAGE_SIZE }))
            await untilAbsent(() => resource.media(sid).remove());
        }
        await messages(externalId).remove();
        return { kind: 'forgotten' };
      },
      { kind: 'forgotten' },
    );
  }

  async fetchMedia(url: Plaintext, limitBytes: number): Promise<MediaAnswer> {
    if (this.calls.isClosed) return { kind: 'unavailable' };
    const { signal } = this.calls;
    return this.calls.settled(() => fetchMedia(this.options, url.reveal(), { limitBytes, signal }));
  }

  async dispose(): Promise<void> {
    await this.calls.close();
  }

  private isFinal(message: Awaited<ReturnType<ReturnType<Messages>['fetch']>>): boolean {
    if (message.direction === 'inbound') return message.status === 'received';
    const standing = readStatus(message.status, message.errorCode ?? undefined);
    const times = { createdAtMs: message.dateCreated.getTime(), nowMs: this.options.clock.nowMs() };
    return standing !== undefined && isFinalStatus(standing.status, times);
  }

  private countUnknown(code: string | undefined): void {
    if (code !== undefined && !TWILIO_ERRORS.has(Number(code))) this.options.onUnknownCode?.(code);
  }
}

/** A file that somebody else deleted a moment ago must not keep its message. */
async function untilAbsent(remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (thrown) {
    if (!isAbsent(thrown)) throw thrown;
  }
}
