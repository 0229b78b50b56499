import { createHmac, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Timers } from '../sms/timers.js';
import { RcsFaultScript } from './rcs-fault-script.js';
import { RcsLog } from './rcs-log.js';
import { RCS_OPTIONS, RCS_SETTINGS, type RcsOptions, type RcsSettings } from './rcs-options.js';

/** RBM repeats what was not answered with 200 for seven days, no further apart than ten minutes. */
const GIVE_UP_AFTER_MS = 7 * 86_400_000;
const LONGEST_DELAY_MS = 600_000;
const WEBHOOK_TIMEOUT_MS = 10_000;

interface Posting {
  readonly url: string;
  readonly body: string;
  readonly signature: string;
  readonly messageId: string;
  readonly startedAtMs: number;
}

/** Posts notifications in the wrapper of Cloud Pub/Sub, signed over the decoded inner bytes. */
@Injectable()
export class RcsWebhooks {
  private readonly closing = new AbortController();
  private readonly inFlight = new Set<Promise<void>>();
  /** Held back until the next one overtook it. */
  private heldBack: Posting | undefined;

  constructor(
    private readonly faults: RcsFaultScript,
    private readonly log: RcsLog,
    private readonly timers: Timers,
    @Inject(RCS_OPTIONS) private readonly options: RcsOptions,
    @Inject(RCS_SETTINGS) private readonly settings: RcsSettings,
  ) {}

  notify(notification: Readonly<Record<string, unknown>> & { readonly messageId?: string }): void {
    const { webhookUrl } = this.settings;
    if (webhookUrl === undefined) return;
    const fault = this.faults.take('webhook');
    if (fault?.mode === 'lose-callbacks') return;
    const posting = this.wrap(webhookUrl, notification, fault?.mode === 'wrong-signature');
    if (fault?.mode === 'reorder-callbacks' && this.heldBack === undefined) {
      this.heldBack = posting;
      return;
    }
    if (fault?.mode === 'late-callbacks') this.timers.after(fault.delayMs, () => this.post(posting));
    else this.post(posting);
    if (fault?.mode === 'double-callbacks') this.post(posting);
    const { heldBack } = this;
    this.heldBack = undefined;
    if (heldBack) this.timers.after(20, () => this.post(heldBack));
  }

  /** The set-up of a webhook: its owner proves to know the client token by echoing the secret. */
  async handshake(): Promise<boolean> {
    const { webhookUrl } = this.settings;
    if (webhookUrl === undefined) return false;
    const secret = randomUUID();
    const response = await fetch(webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-simulated': 'true' },
      body: JSON.stringify({ clientToken: this.options.clientToken, secret }),
      redirect: 'manual',
      signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(WEBHOOK_TIMEOUT_MS)]),
    });
    return response.status === 200 && (await response.text()) === secret;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.inFlight);
  }

  private wrap(url: string, notification: Readonly<Record<string, unknown>>, isSignedWrongly: boolean): Posting {
    const inner = Buffer.from(JSON.stringify(notification), 'utf8');
    const publishTime = new Date().toISOString();
    const token = isSignedWrongly ? `${this.options.clientToken}-not` : this.options.clientToken;
    return {
      url,
      body: JSON.stringify({
        message: {
          data: inner.toString('base64'),
          messageId: String(BigInt(`0x${randomUUID().replaceAll('-', '').slice(0, 14)}`)),
          publishTime,
        },
        subscription: 'projects/simulated/subscriptions/causeway',
      }),
      signature: createHmac('sha512', token).update(inner).digest('base64'),
      messageId: typeof notification['messageId'] === 'string' ? notification['messageId'] : '',
      startedAtMs: Date.now(),
    };
  }

  private post(posting: Posting, delayMs = this.settings.retryDelayMs): void {
    const posted = this.send(posting).then((status) => {
      const { messageId } = posting;
      if (!this.closing.signal.aborted) this.log.append({ event: 'webhook', status, messageId });
      if (status === 200 || this.closing.signal.aborted || Date.now() > posting.startedAtMs + GIVE_UP_AFTER_MS) return;
      this.timers.after(delayMs, () => this.post(posting, Math.min(delayMs * 2, LONGEST_DELAY_MS)));
    });
    this.inFlight.add(posted);
    void posted.finally(() => this.inFlight.delete(posted));
  }

  private async send({ url, body, signature }: Posting): Promise<number> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-goog-signature': signature, 'x-simulated': 'true' },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(WEBHOOK_TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0; // nobody answered: it is posted again
    }
  }
}
