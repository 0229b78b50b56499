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

/** Every call that crossed the carrier's border, in order, append-only and in memory: what tests count. */
@Injectable()
export class CallLog {
  private readonly calls: LoggedCall[] = [];

  append(call: Omit<LoggedCall, 'sequence' | 'at' | 'network'>): void {
    this.calls.push({ sequence: this.calls.length + 1, at: new Date().toISOString(), network: 'sms', ...call });
  }

  entries(): readonly LoggedCall[] {
    return this.calls;
  }

  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { call } of this.calls) counts[call] = (counts[call] ?? 0) + 1;
    return counts;
  }
}
