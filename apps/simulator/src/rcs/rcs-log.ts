import { appendFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { RCS_OPTIONS, type RcsOptions } from './rcs-options.js';

/**
 * `call-*` crossed the border of the network, answered with `status`. The others are what really happened to a message or on a handset,
 * whatever answers and webhooks were scripted to say.
 */
export type RcsFactName =
  | 'call-create'
  | 'call-revoke'
  | 'call-event'
  | 'call-capabilities'
  | 'call-fetch'
  | 'call-upload'
  | 'refused-auth'
  | 'accepted'
  | 'shown'
  | 'read'
  | 'revoked'
  | 'expired'
  | 'expiry-failed'
  | 'written'
  | 'webhook';

export interface RcsFact {
  readonly sequence: number;
  readonly at: string;
  readonly network: 'rcs';
  readonly event: RcsFactName;
  /** HTTP status answered or received; 0 when the connection was cut or never made. */
  readonly status?: number;
  readonly messageId?: string;
  readonly agentId?: string;
  readonly e164?: string;
  readonly encryption?: 'none' | 'mls';
  readonly body?: unknown;
}

/** The network's own memory; in a file too, only ever appended to, where one is named, written before anyone can see the effect. */
@Injectable()
export class RcsLog {
  private facts: RcsFact[] = [];
  private readonly counted = new Map<RcsFactName, number>();
  private sequence = 0;

  constructor(@Inject(RCS_OPTIONS) private readonly options: RcsOptions) {}

  append(fact: Omit<RcsFact, 'sequence' | 'at' | 'network'>): void {
    this.sequence += 1;
    this.counted.set(fact.event, (this.counted.get(fact.event) ?? 0) + 1);
    const whole: RcsFact = {
      sequence: this.sequence,
      at: new Date().toISOString(),
      network: 'rcs',
      ...fact,
    };
    if (this.options.logFile !== undefined)
      appendFileSync(this.options.logFile, `${JSON.stringify(whole)}\n`, { mode: 0o600 });
    this.facts.push(whole);
  }

  entries(): readonly RcsFact[] {
    return this.facts;
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counted);
  }

  /** Facts from before, here and not in the file. They stay counted. */
  forgetBefore(timeMs: number): void {
    this.facts = this.facts.filter(({ at }) => Date.parse(at) >= timeMs);
  }
}
