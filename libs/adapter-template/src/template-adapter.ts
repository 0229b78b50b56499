import type { Capabilities } from '@causeway/message-model';
import {
  ADAPTER_CONTRACT_VERSION,
  refuseUndeclared,
  textsOf,
  type Attempt,
  type ClearAdapter,
  type ClearOutbound,
  type DeliverOutcome,
  type FetchesStatus,
  type NotDelivered,
  type RawRequest,
  type ReceiveOutcome,
} from '@causeway/network-adapter';
import type { Clock, Secret } from '@causeway/platform';
import { z } from 'zod';
import { callNetwork, type NetworkAnswer } from './call-network.js';
import { isSigned, readStatus, readWebhook } from './read-webhook.js';
import { TEMPLATE_CAPABILITIES } from './template-capabilities.js';
import { VENDOR_CODES } from './vendor-codes.js';

/** Name of the network in plans and statements. */
export const TEMPLATE_NETWORK = 'template';

export interface TemplateOptions {
  /** Where the network's API is. */
  readonly apiUrl: string;
  readonly apiKey: Secret;
  /** What the network signs its webhooks with. */
  readonly webhookSecret: Secret;
  /** Where the network reaches the edge from outside: scheme, host and path prefix. */
  readonly publicWebhookUrl: string;
  readonly clock: Clock;
  /** True when `apiUrl` leads to a pretend network: stated, never guessed. */
  readonly isSimulated: boolean;
  /** From the start of a call to its outcome; 10 s unless told otherwise. */
  readonly callTimeoutMs?: number;
}

const accepted = z.object({ id: z.string().min(1) });
const refused = z.object({ code: z.string() });
const standing = z.object({ status: z.string() });

/** Template, one call per `deliver`, never repeated; safe to use concurrently. */
export class TemplateAdapter implements ClearAdapter, FetchesStatus {
  readonly contractVersion = ADAPTER_CONTRACT_VERSION;
  readonly network = TEMPLATE_NETWORK;
  readonly confidentiality = 'clear';
  readonly regions = ['us'];
  readonly isSimulated: boolean;
  private readonly inFlight = new Set<Promise<unknown>>();
  private isDisposed = false;

  constructor(private readonly options: TemplateOptions) {
    this.isSimulated = options.isSimulated;
  }

  async capabilities(): Promise<Capabilities> {
    return TEMPLATE_CAPABILITIES;
  }

  async deliver(outbound: ClearOutbound, attempt: Attempt): Promise<DeliverOutcome> {
    const refusal = refuseUndeclared(outbound, TEMPLATE_CAPABILITIES, this.options.clock.nowMs());
    if (refusal) return refusal;
    if (outbound.isEncryptionRequired) return failed('encryption-unavailable', 'never', 'not-sent');
    const { ref, to, from, body, replyTo, expiresAtMs } = outbound;
    const content = {
      reference: ref,
      to: to.reveal(),
      from,
      text: textsOf(body)
        .map((text) => text.reveal())
        .join('\n'),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(expiresAtMs === null ? {} : { expiresAt: expiresAtMs }),
    };
    return outcomeOf(await this.call('POST', 'messages', content, attempt));
  }

  async receive(request: RawRequest): Promise<ReceiveOutcome> {
    const address = `${this.options.publicWebhookUrl}/webhooks/${this.network}/events`;
    if (!isSigned(request, this.options.webhookSecret)) return { kind: 'rejected', reason: 'bad-signature' };
    if (request.url.split(/[?#]/, 1)[0] !== address) return { kind: 'rejected', reason: 'unknown-path' };
    const events = readWebhook(request.body);
    if (!events) return { kind: 'rejected', reason: 'malformed' };
    return { kind: 'events', events, response: { status: 204, contentType: 'text/plain', body: '' } };
  }

  async fetchStatus(externalId: string): ReturnType<FetchesStatus['fetchStatus']> {
    const answer = await this.call('GET', `messages/${encodeURIComponent(externalId)}`);
    if (answer.kind === 'no-answer') return { kind: 'unavailable' };
    if (answer.status === 404) return { kind: 'absent' };
    const status = readStatus(standing.safeParse(answer.content).data?.status);
    return status ? { kind: 'status', status } : { kind: 'unavailable', vendorCode: `http-${answer.status}` };
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    await Promise.allSettled(this.inFlight);
  }

  private async call(
    method: 'GET' | 'POST',
    path: string,
    content?: object,
    attempt?: Attempt,
  ): Promise<NetworkAnswer> {
    const { apiUrl, apiKey, clock, callTimeoutMs: timeoutMs = 10_000 } = this.options;
    if (this.isDisposed || attempt?.signal.aborted) return { kind: 'no-answer', wroteBytes: false };
    const url = new URL(`${apiUrl.replace(/\/+$/, '')}/${path}`);
    const given = { ...(content ? { content } : {}), ...(attempt ? { attempt } : {}) };
    const answer = callNetwork({ url, method, apiKey, timeoutMs, clock, ...given });
    this.inFlight.add(answer);
    return answer.finally(() => this.inFlight.delete(answer));
  }
}

const failed = (
  reason: NotDelivered['reason'],
  retry: NotDelivered['retry'],
  certainty: NotDelivered['certainty'],
): NotDelivered => ({ kind: 'failed', reason, retry, certainty });

function outcomeOf(answer: NetworkAnswer): DeliverOutcome {
  if (answer.kind === 'no-answer')
    return answer.wroteBytes
      ? failed('no-answer', 'later', 'maybe-sent')
      : failed('network-unavailable', 'later', 'not-sent');
  const { status, content, retryAfterMs } = answer;
  const taken = accepted.safeParse(content);
  if (status >= 200 && status < 300)
    return taken.success ? { kind: 'accepted', externalId: taken.data.id } : failed('no-answer', 'later', 'maybe-sent');
  // the vendor documents that a call answered with 429 was not looked at
  if (status === 429)
    return { ...failed('congested', 'later', 'not-sent'), retryAfterMs: retryAfterMs ?? 1_000, vendorCode: 'http-429' };
  const vendorCode = refused.safeParse(content).data?.code ?? `http-${status}`;
  if (status >= 500) return { ...failed('network-unavailable', 'later', 'maybe-sent'), vendorCode };
  const meaning = VENDOR_CODES.get(vendorCode) ?? { reason: 'unknown', retry: 'later', certainty: 'maybe-sent' };
  return { kind: 'failed', ...meaning, vendorCode };
}
