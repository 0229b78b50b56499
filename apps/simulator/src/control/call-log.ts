import { Injectable } from '@nestjs/common';

export type CallName =
  | 'create'
  | 'fetch'
  | 'list'
  | 'update'
  | 'delete'
  | 'refused-auth'
  | 'inbound-webhook'
  | 'status-webhook'
  | 'list-media'
  | 'fetch-media'
  | 'delete-media'
  | 'media-fetched'
  | 'fetch-account'
  | 'list-numbers'
  | 'update-number'
  | 'list-services';

export interface LoggedCall {
  readonly sequence: number;
  readonly at: string;
  readonly network: 'sms';
  readonly call: CallName;
  readonly sid?: string;
  /** HTTP status answered or received; 0 when the connection was cut or never made. */
  readonly status: number;
  readonly form?: Readonly<Record<string, unknown>>;
}

/** Every call that crossed the carrier's border, in order, in memory: what tests count. */
@Injectable()
export class CallLog {
  private calls: LoggedCall[] = [];
  private readonly made = new Map<CallName, number>();
  private sequence = 0;

  append(call: Omit<LoggedCall, 'sequence' | 'at' | 'network'>): void {
    this.sequence += 1;
    this.made.set(call.call, (this.made.get(call.call) ?? 0) + 1);
    this.calls.push({ sequence: this.sequence, at: new Date().toISOString(), network: 'sms', ...call });
  }

  entries(): readonly LoggedCall[] {
    return this.calls;
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.made);
  }

  /** Calls from before. They stay counted. */
  forgetBefore(timeMs: number): void {
    this.calls = this.calls.filter(({ at }) => Date.parse(at) >= timeMs);
  }
}
