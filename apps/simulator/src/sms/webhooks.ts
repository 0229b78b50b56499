import { Inject, Injectable } from '@nestjs/common';
import signatures from 'twilio/lib/webhooks/webhooks.js'; // all of the package would be most of what this process loads
import { Poster } from './poster.js';
import { CallLog, type CallName } from '../control/call-log.js';
import type { Fault } from '../control/fault-script.js';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator-options.js';

/** Twilio gives a webhook 15 s (error 11200 after it). */
const WEBHOOK_TIMEOUT_MS = 15_000;

/** Posts signed forms, each once: like Twilio, it does not repeat a webhook that failed. */
@Injectable()
export class Webhooks {
  private readonly closing = new AbortController();
  private readonly poster = new Poster();
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    private readonly log: CallLog,
    @Inject(SIMULATOR_OPTIONS) private readonly options: SimulatorOptions,
  ) {}

  post(call: CallName, url: string, form: Readonly<Record<string, string>>, fault?: Fault): void {
    const { authToken } = this.options;
    const token = fault?.mode === 'wrong-signature' ? `${authToken}-not` : authToken;
    const posted = this.send(url, form, token).then((status) =>
      this.log.append({ call, status, sid: form['MessageSid'] ?? '' }),
    );
    this.inFlight.add(posted);
    void posted.finally(() => this.inFlight.delete(posted));
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.inFlight);
    this.poster.close();
  }

  private async send(url: string, form: Readonly<Record<string, string>>, token: string): Promise<number> {
    try {
      const headers = {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'user-agent': 'TwilioProxy/1.1',
        'x-simulated': 'true',
        'x-twilio-signature': signatures.getExpectedTwilioSignature(token, url, { ...form }),
      };
      const body = new URLSearchParams(form).toString();
      return await this.poster.post(url, { headers, body, signal: this.closing.signal, timeoutMs: WEBHOOK_TIMEOUT_MS });
    } catch {
      return 0; // nobody answered: Twilio would log 11200 and go on
    }
  }
}
