import { randomUUID } from 'node:crypto';
import { toBytes, type Capabilities } from '@causeway/message-model';
import { ADAPTER_CONTRACT_VERSION, refuseUndeclared } from '@causeway/network-adapter';
import type {
  Attempt,
  ChecksRecipients,
  ClearAdapter,
  ClearOutbound,
  DeliverOutcome,
  Ends,
  FetchesMedia,
  FetchesStatus,
  Indicated,
  NamesMessages,
  RawRequest,
  ReceiptStatus,
  ReceiveOutcome,
  RecipientStanding,
  ReportsRead,
  SentMessage,
  ShowsTyping,
  Withdraws,
} from '@causeway/network-adapter';
import type { Plaintext } from '@causeway/platform';
import { agentMessageOf, refuseUncarried } from './agent-message.js';
import { authenticate } from './authenticate-webhook.js';
import { messageIdOf } from './message-id.js';
import { callRcs, type RcsAnswer, type RcsCall } from './rcs-call.js';
import { capabilitiesOf, RCS_CAPABILITIES } from './rcs-capabilities.js';
import { explainFailure, explainUnavailable, field } from './rcs-errors.js';
import type { RcsSimulatedOptions } from './rcs-options.js';
import { readNotification } from './read-notification.js';
import { RecipientCache } from './recipient-cache.js';

/** Name of the network in plans and statements. */
export const RCS_NETWORK = 'rcs';

const STATUSES = new Map<unknown, ReceiptStatus>([
  ['ACCEPTED', 'sent'],
  ['DELIVERED', 'delivered'],
  ['READ', 'displayed'],
  ['REVOKED', 'cancelled'],
  ['EXPIRED', 'expired'],
]);

type Request = Pick<RcsCall, 'method' | 'body' | 'limitBytes' | 'signal'> & { readonly callBeforeMs?: number };
type Standing = Awaited<ReturnType<FetchesStatus['fetchStatus']>>;
type Withdrawal = Awaited<ReturnType<Withdraws['withdraw']>>;
type Media = Awaited<ReturnType<FetchesMedia['fetchMedia']>>;

const NO_CALL: RcsAnswer = { kind: 'no-answer', wroteBytes: false, isTooLarge: false };

/**
 * RCS as businesses use it, on the network of the simulator: no message reaches a real phone, and `isSimulated` says so. One call per
 * `deliver`, never repeated; the same `ref` is the same message. Safe to use concurrently.
 */
export class RcsSimulatedAdapter
  implements
    ClearAdapter,
    NamesMessages,
    Withdraws,
    FetchesStatus,
    ChecksRecipients,
    ShowsTyping,
    ReportsRead,
    FetchesMedia
{
  readonly contractVersion = ADAPTER_CONTRACT_VERSION;
  readonly network = RCS_NETWORK;
  readonly confidentiality = 'clear';
  readonly isSimulated = true;
  readonly regions: readonly string[];
  /** The address to give to the network and to route to {@link receive}. */
  readonly webhookUrl: string;

  private readonly inFlight = new Set<Promise<unknown>>();
  private readonly recipients: RecipientCache;
  private isDisposed = false;

  constructor(private readonly options: RcsSimulatedOptions) {
    this.regions = options.regions ?? ['simulated'];
    this.webhookUrl = `${options.publicWebhookUrl.replace(/\/+$/, '')}/webhooks/rcs/events`;
    this.recipients = new RecipientCache(options.clock);
  }

  async capabilities(): Promise<Capabilities> {
    return RCS_CAPABILITIES;
  }

  externalIdOf(ref: string): string {
    return messageIdOf(ref);
  }

  async deliver(outbound: ClearOutbound, attempt: Attempt): Promise<DeliverOutcome> {
    const nowMs = this.options.clock.nowMs();
    const refused = refuseUndeclared(outbound, RCS_CAPABILITIES, nowMs) ?? refuseUncarried(outbound);
    if (refused) return refused;
    const body = agentMessageOf(outbound, nowMs);
    const url = this.phoneUrl(outbound, 'agentMessages', { messageId: messageIdOf(outbound.ref) });
    if (!body || !url) {
      const reason = body ? 'misconfigured' : 'content-rejected';
      return { kind: 'failed', reason, retry: 'never', certainty: 'not-sent' };
    }
    const { callBeforeMs, signal } = attempt;
    const answer = await this.call(url, { method: 'POST', body, callBeforeMs, signal });
    return this.outcomeOf(outbound, answer);
  }

  async receive(request: RawRequest): Promise<ReceiveOutcome> {
    if (request.url.split(/[?#]/, 1)[0] !== this.webhookUrl) return { kind: 'rejected', reason: 'unknown-path' };
    const genuine = authenticate(request, this.options.clientToken);
    if (!genuine) return { kind: 'rejected', reason: 'bad-signature' };
    const answered = { status: 200, contentType: 'text/plain; charset=utf-8' };
    if (genuine.kind === 'handshake')
      return { kind: 'events', events: [], response: { ...answered, body: genuine.secret } };
    const { agents, clock } = this.options;
    const events = readNotification(genuine.signed, { agents, nowMs: clock.nowMs() });
    if (typeof events === 'string') return { kind: 'rejected', reason: events };
    return { kind: 'events', events, response: { ...answered, body: '' } };
  }

  /** Revokes. The network answers 404 about a message it never had, too: that is `too-late` here, since it was accepted once. */
  async withdraw({ externalId, ...ends }: SentMessage): Promise<Withdrawal> {
    const url = this.phoneUrl(ends, `agentMessages/${encodeURIComponent(externalId)}`, {});
    if (!url) return { kind: 'unavailable' };
    const answer = await this.call(url, { method: 'DELETE' });
    if (isSuccess(answer)) return { kind: 'withdrawn' };
    return isAbsent(answer) ? { kind: 'too-late' } : explainUnavailable(answer);
  }

  async fetchStatus(externalId: string): Promise<Standing> {
    const url = this.url(`agentMessages/${encodeURIComponent(externalId)}`);
    const answer = await this.call(url, { method: 'GET' });
    if (isAbsent(answer)) return { kind: 'absent' };
    const status = isSuccess(answer) ? STATUSES.get(field(answer.json, 'state')) : undefined;
    return status === undefined ? explainUnavailable(answer) : { kind: 'status', status };
  }

  async checkRecipient({ from, to }: Ends): Promise<RecipientStanding> {
    const known = this.isDisposed ? undefined : this.recipients.find(from, to);
    if (known) return known;
    const url = this.phoneUrl({ from, to }, 'capabilities', { requestId: randomUUID() });
    if (!url) return { kind: 'unavailable' };
    const answer = await this.call(url, { method: 'GET' });
    if (isAbsent(answer)) return { kind: 'not-on-this-network' };
    const features = isSuccess(answer) ? field(answer.json, 'features') : undefined;
    if (!isSuccess(answer) || !Array.isArray(features)) return explainUnavailable(answer);
    const standing = {
      kind: 'reachable',
      capabilities: capabilitiesOf(features.filter((feature) => typeof feature === 'string')),
      isOnline: undefined,
      encryption: encryptionOf(answer.json),
    } as const;
    this.recipients.keep(from, to, { standing, maxAgeMs: answer.maxAgeMs });
    return standing;
  }

  /** RCS shows for some seconds that someone writes; that they stopped cannot be said, and needs no call. */
  async showTyping(ends: Ends, isTyping: boolean): Promise<Indicated> {
    return isTyping ? this.indicate(ends, { eventType: 'IS_TYPING' }) : { kind: 'indicated' };
  }

  async reportRead(ends: Ends, externalId: string): Promise<Indicated> {
    return this.indicate(ends, { eventType: 'READ', messageId: externalId });
  }

  async fetchMedia(url: Plaintext, limitBytes: number): Promise<Media> {
    const address = URL.canParse(url.reveal()) ? new URL(url.reveal()) : undefined;
    if (address?.origin !== new URL(this.options.apiUrl).origin) return { kind: 'gone' };
    const answer = await this.call(address, { method: 'GET', limitBytes });
    if (answer.kind === 'no-answer') return answer.isTooLarge ? { kind: 'too-large' } : { kind: 'unavailable' };
    if (isAbsent(answer)) return { kind: 'gone' };
    if (!isSuccess(answer)) return explainUnavailable(answer);
    return { kind: 'media', contentType: answer.contentType, content: toBytes(answer.content) };
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    await Promise.allSettled(this.inFlight);
  }

  private outcomeOf(outbound: ClearOutbound, answer: RcsAnswer): DeliverOutcome {
    const { from, to, ref, isEncryptionRequired } = outbound;
    if (isSuccess(answer)) {
      const externalId = messageIdOf(ref);
      const name = field(answer.json, 'name');
      if (typeof name === 'string' && name.endsWith(`/agentMessages/${externalId}`))
        return { kind: 'accepted', externalId, encryption: encryptionOf(answer.json) };
      return { kind: 'failed', reason: 'no-answer', retry: 'later', certainty: 'maybe-sent' };
    }
    const failure = explainFailure(answer);
    if (failure.reason === 'unknown') this.options.onUnknownCode?.(failure.vendorCode ?? 'none');
    // what was remembered of this phone did not hold
    if (failure.retry === 'never') this.recipients.forget(from, to);
    return isEncryptionRequired && failure.reason === 'recipient-unreachable'
      ? { ...failure, reason: 'encryption-unavailable' }
      : failure;
  }

  private async indicate(ends: Ends, body: object): Promise<Indicated> {
    const url = this.phoneUrl(ends, 'agentEvents', { eventId: randomUUID() });
    if (!url) return { kind: 'unavailable' };
    const answer = await this.call(url, { method: 'POST', body });
    return isSuccess(answer) ? { kind: 'indicated' } : explainUnavailable(answer);
  }

  /** `undefined` for a sender that is none of our agents. */
  private phoneUrl({ from, to }: Ends, path: string, query: Readonly<Record<string, string>>): URL | undefined {
    const agent = this.options.agents.find(({ bridgeNumber }) => bridgeNumber === from);
    if (!agent) return undefined;
    return this.url(`phones/${encodeURIComponent(to.reveal())}/${path}`, { agentId: agent.agentId, ...query });
  }

  private url(path: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(`${this.options.apiUrl.replace(/\/+$/, '')}/v1/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }

  private async call(url: URL, request: Request): Promise<RcsAnswer> {
    if (this.isDisposed) return NO_CALL;
    const { clock, accessToken, callTimeoutMs = 10_000 } = this.options;
    const { callBeforeMs = Number.POSITIVE_INFINITY, ...rest } = request;
    const rules = { clock, timeoutMs: callTimeoutMs, callBeforeMs };
    const answer = callRcs({ url, accessToken: accessToken.reveal(), ...rules, ...rest });
    this.inFlight.add(answer);
    try {
      return await answer;
    } finally {
      this.inFlight.delete(answer);
    }
  }
}

type Answered = Extract<RcsAnswer, { readonly kind: 'answered' }>;

const isSuccess = (answer: RcsAnswer): answer is Answered =>
  answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
const isAbsent = (answer: RcsAnswer): boolean => answer.kind === 'answered' && answer.status === 404;
const encryptionOf = (json: unknown): 'end-to-end' | 'none' =>
  field(json, 'encryption') === 'MLS' ? 'end-to-end' : 'none';
