import { createHmac } from 'node:crypto';
import { utf8, type Bytes } from '@causeway/message-model';
import type { RawRequest } from '../../inbound.js';
import type { DeliveredMessage, NetworkFault } from '../adapter-harness.js';
import { pause } from '../hand-over.js';

export const SECRET = 'scripted-secret';
export const ADDRESS = 'https://edge.example/webhooks/scripted/events';

/** HMAC-SHA256 over address and body, in hexadecimal. */
export const sign = (url: string, body: Bytes): string =>
  createHmac('sha256', SECRET).update(url).update(body).digest('hex');

/** One call that sends. */
export interface ScriptedRequest {
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly shown: DeliveredMessage;
  readonly mustBeEncrypted: boolean;
}

export type ScriptedAnswer =
  | { readonly kind: 'taken'; readonly isEncrypted: boolean }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'failed' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number };

/** The connection ended; `isSent` is whether anything of the request had left by then. */
export class ConnectionEnded extends Error {
  constructor(readonly isSent: boolean) {
    super('the connection ended');
  }
}

interface Held {
  readonly request: ScriptedRequest;
  readonly createdAtMs: number;
  state: 'waiting' | 'delivered' | 'withdrawn';
}

/** A whole network in memory that can do everything the contract has a word for, to be watched and disturbed. */
export class ScriptedNetwork {
  sendCalls = 0;
  isOnline = true;
  isEncrypted = false;
  isMember = true;
  isTypingSeen = false;
  readonly read: string[] = [];
  readonly received: { readonly id: string; readonly text: string; readonly atMs: number }[] = [];
  readonly files = new Map<string, { readonly contentType: string; readonly content: Bytes }>();
  private readonly held = new Map<string, Held>();
  private readonly order: string[] = [];
  private readonly faults: NetworkFault['kind'][] = [];
  private delayMs = 0;
  private count = 0;

  failNext(fault: NetworkFault): void {
    this.faults.push(fault.kind);
  }

  delayNext(delayMs: number): void {
    this.delayMs = delayMs;
  }

  async send(request: ScriptedRequest): Promise<ScriptedAnswer> {
    this.sendCalls += 1;
    const delayMs = this.delayMs;
    this.delayMs = 0;
    await pause(delayMs);
    const fault = this.faults.shift();
    if (fault === 'throttled') return { kind: 'busy', retryAfterMs: 1_500 };
    if (fault === 'refused') return { kind: 'refused', code: 'no-such-person' };
    if (fault === 'unknown-code') return { kind: 'refused', code: 'nobody-documented-this' };
    if (request.mustBeEncrypted && !this.isEncrypted) return { kind: 'refused', code: 'not-encrypted' };
    if (!this.held.has(request.id)) {
      this.held.set(request.id, { request, createdAtMs: Date.now(), state: 'waiting' });
      this.deliverHeld();
    }
    if (fault === 'server-error') return { kind: 'failed' };
    if (fault === 'cut-off') throw new ConnectionEnded(true);
    if (fault === 'silent') return new Promise(() => undefined);
    return { kind: 'taken', isEncrypted: this.isEncrypted };
  }

  setOnline(isOnline: boolean): void {
    this.isOnline = isOnline;
    this.deliverHeld();
  }

  delivered(): readonly DeliveredMessage[] {
    return this.order.flatMap((id) => this.held.get(id)?.request.shown ?? []);
  }

  find(id: string): Held | undefined {
    return this.held.get(id);
  }

  forget(id: string): void {
    this.held.delete(id);
  }

  search(from: string, to: string): readonly Held[] {
    return [...this.held.values()].filter(({ request }) => request.from === from && request.to === to);
  }

  /** A signed webhook, as it goes out. */
  webhook(content: object): RawRequest {
    const body = utf8(JSON.stringify(content));
    const headers = { 'content-type': 'application/json', 'x-signature': sign(ADDRESS, body) };
    return { method: 'POST', url: ADDRESS, headers, body };
  }

  nextId(): string {
    return `in-${(this.count += 1)}`;
  }

  private deliverHeld(): void {
    if (!this.isOnline) return;
    for (const [id, held] of this.held) {
      if (held.state !== 'waiting') continue;
      held.state = 'delivered';
      this.order.push(id);
    }
  }
}
