import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Handsets } from '../sms/handsets.js';
import { Timers } from '../sms/timers.js';
import { expiryOf, fileNamesOf, fileUrlsOf, type AgentMessage } from './agent-message.js';
import { RcsError } from './rcs-error.js';
import { RcsFaultScript } from './rcs-fault-script.js';
import { RcsFiles } from './rcs-files.js';
import { RcsLog } from './rcs-log.js';
import { RCS_OPTIONS, RCS_SETTINGS, type RcsAgent, type RcsOptions, type RcsSettings } from './rcs-options.js';
import { RcsPhones } from './rcs-phones.js';
import { RcsWebhooks } from './rcs-webhooks.js';

/** `ACCEPTED` waits for the handset; `REVOKED` and `EXPIRED` never reach it. */
export type RcsState = 'ACCEPTED' | 'DELIVERED' | 'READ' | 'REVOKED' | 'EXPIRED';

/** One agent message of the network. */
export interface RcsMessage {
  readonly messageId: string;
  readonly agentId: string;
  readonly e164: string;
  readonly message: AgentMessage;
  readonly encryption: 'none' | 'mls';
  readonly acceptedAtMs: number;
  readonly expiresAtMs: number | undefined;
  state: RcsState;
  /** Where it stood before, and until when: what a look-up that lags still says. */
  readonly past: { readonly state: RcsState; readonly untilMs: number }[];
}

/** What is still sent to someone who unsubscribed: what they asked for themselves. */
const ESSENTIAL: ReadonlySet<string | undefined> = new Set(['AUTHENTICATION', 'SERVICEREQUEST', 'ACKNOWLEDGEMENT']);

/** The network behind the API: what agents send waits for handsets, and ends when it must. */
@Injectable()
export class RcsNetwork {
  private readonly messages = new Map<string, RcsMessage>();
  /** Messages that wait, by handset, in the order in which they were accepted. */
  private readonly waiting = new Map<string, Set<RcsMessage>>();

  constructor(
    private readonly phones: RcsPhones,
    private readonly webhooks: RcsWebhooks,
    private readonly files: RcsFiles,
    private readonly faults: RcsFaultScript,
    private readonly log: RcsLog,
    private readonly timers: Timers,
    private readonly handsets: Handsets,
    @Inject(RCS_OPTIONS) private readonly options: RcsOptions,
    @Inject(RCS_SETTINGS) private readonly settings: RcsSettings,
  ) {
    handsets.watch((e164) => this.flush(e164));
  }

  agent(agentId: string | undefined): RcsAgent {
    const agent = this.options.agents.find((each) => each.agentId === agentId);
    if (!agent) throw RcsError.of('PERMISSION_DENIED', 'The agent is not one of this account.', 'UNKNOWN_AGENT');
    return agent;
  }

  find(agentId: string, messageId: string): RcsMessage | undefined {
    return this.messages.get(`${agentId} ${messageId}`);
  }

  findById(messageId: string): RcsMessage | undefined {
    return [...this.messages.values()].find((message) => message.messageId === messageId);
  }

  /** The same id again is the same message: it is answered as before and nothing new happens. */
  accept(ends: { agentId: string; e164: string; messageId: string }, message: AgentMessage): RcsMessage {
    const { agentId, e164, messageId } = ends;
    const known = this.find(agentId, messageId);
    if (known) return known;
    const nowMs = Date.now();
    const encryption = this.phones.encryptionOf(e164, agentId);
    this.admit(ends, message, encryption);
    const expiresAtMs = expiryOf(message, nowMs);
    if (expiresAtMs === 'invalid') throw RcsError.of('INVALID_ARGUMENT', 'expireTime is out of range.');
    const record: RcsMessage = {
      ...ends,
      message,
      encryption,
      acceptedAtMs: nowMs,
      expiresAtMs,
      state: 'ACCEPTED',
      past: [],
    };
    this.messages.set(`${agentId} ${messageId}`, record);
    this.log.append({ event: 'accepted', messageId, agentId, e164, encryption, body: message.contentMessage });
    if (expiresAtMs !== undefined) this.timers.after(expiresAtMs - nowMs, () => this.expire(record));
    const files = fileUrlsOf(message.contentMessage).map((url) => this.files.fetchOnce(url));
    void Promise.all(files).then(() => this.timers.after(this.settings.deliverDelayMs, () => this.carry(record)));
    return record;
  }

  /** True when it was taken back; false when the handset has it. */
  revoke(message: RcsMessage): boolean {
    if (message.state === 'DELIVERED' || message.state === 'READ') return false;
    if (message.state === 'ACCEPTED') this.end(message, 'REVOKED');
    return true;
  }

  forgetBefore(timeMs: number): void {
    for (const [key, message] of this.messages) {
      if (message.acceptedAtMs >= timeMs) continue;
      this.messages.delete(key);
      this.waiting.get(message.e164)?.delete(message);
    }
  }

  /** The person opened a conversation. */
  markRead(e164: string, messageId: string): void {
    const message = [...this.messages.values()].find((each) => each.messageId === messageId && each.e164 === e164);
    if (!message || !this.phones.markRead(e164, messageId, 'received')) return;
    move(message, 'READ');
    this.log.append({ event: 'read', messageId, agentId: message.agentId, e164 });
    this.report(message, 'READ');
  }

  /** The number goes to another person, whose phone is not on this network. */
  giveAway(e164: string): void {
    this.phones.giveAway(e164);
    this.handsets.giveAway(e164);
  }

  private admit(
    { agentId, e164 }: { agentId: string; e164: string },
    message: AgentMessage,
    encryption: 'none' | 'mls',
  ): void {
    if (!this.phones.hasRcs(e164))
      throw RcsError.of('NOT_FOUND', 'The phone is not reachable by RCS.', 'NOT_REACHABLE_BY_RCS');
    if (message.encryption === 'REQUIRED' && encryption === 'none')
      throw RcsError.of('FAILED_PRECONDITION', 'The conversation is not encrypted.', 'ENCRYPTION_UNAVAILABLE');
    if (this.phones.isUnsubscribed(e164, agentId) && !ESSENTIAL.has(message.messageTrafficType))
      throw RcsError.of('PERMISSION_DENIED', 'The person unsubscribed from this agent.', 'USER_UNSUBSCRIBED');
    if (fileNamesOf(message.contentMessage).some((name) => !this.files.find(name)))
      throw RcsError.of('INVALID_ARGUMENT', 'A file is not known.');
  }

  private carry(message: RcsMessage): void {
    if (message.state !== 'ACCEPTED') return;
    const waiting = this.waiting.get(message.e164) ?? new Set();
    this.waiting.set(message.e164, waiting.add(message));
    this.flush(message.e164);
  }

  private flush(e164: string): void {
    const waiting = this.waiting.get(e164);
    if (!waiting || waiting.size === 0 || !this.phones.isReady(e164)) return;
    this.waiting.delete(e164);
    for (const message of waiting) this.show(message);
  }

  private show(message: RcsMessage): void {
    const { messageId, agentId, e164, encryption, expiresAtMs } = message;
    if (message.state !== 'ACCEPTED') return;
    move(message, 'DELIVERED');
    this.log.append({ event: 'shown', messageId, agentId, e164, encryption, body: message.message.contentMessage });
    this.phones.append(e164, {
      messageId,
      direction: 'received',
      agentId,
      at: new Date().toISOString(),
      encryption,
      content: message.message.contentMessage,
      isRead: false,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    });
    this.report(message, 'DELIVERED');
  }

  private expire(message: RcsMessage): void {
    if (message.state !== 'ACCEPTED') return;
    const { messageId, agentId, e164 } = message;
    const fault = this.faults.take('expiry');
    if (fault?.mode === 'revoke-fails') {
      // still on its way: it may reach the handset later, which nobody can know now
      this.log.append({ event: 'expiry-failed', messageId, agentId, e164 });
      this.reportExpiry(message, 'TTL_EXPIRATION_REVOKE_FAILED');
      return;
    }
    this.end(message, 'EXPIRED');
    if (fault?.mode !== 'silent-expiry') this.reportExpiry(message, 'TTL_EXPIRATION_REVOKED');
  }

  private end(message: RcsMessage, state: 'REVOKED' | 'EXPIRED'): void {
    move(message, state);
    this.waiting.get(message.e164)?.delete(message);
    const { messageId, agentId, e164 } = message;
    this.log.append({ event: state === 'REVOKED' ? 'revoked' : 'expired', messageId, agentId, e164 });
  }

  private report({ messageId, agentId, e164 }: RcsMessage, eventType: 'DELIVERED' | 'READ'): void {
    const eventId = randomUUID();
    const sendTime = new Date().toISOString();
    this.webhooks.notify({ agentId, senderPhoneNumber: e164, messageId, eventId, sendTime, eventType });
  }

  /** A server event: it says `phoneNumber` where a person's event says `senderPhoneNumber`. */
  private reportExpiry({ messageId, agentId, e164, encryption }: RcsMessage, eventType: string): void {
    const smsFallback = encryption === 'mls' ? 'FORBIDDEN' : 'ALLOWED';
    const sendTime = new Date().toISOString();
    const ids = { phoneNumber: e164, messageId, agentId, eventId: randomUUID() };
    this.webhooks.notify({ ...ids, eventType, sendTime, smsFallback });
  }
}

function move(message: RcsMessage, state: RcsState): void {
  message.past.push({ state: message.state, untilMs: Date.now() });
  message.state = state;
}

/** Where a message stood at a time; `undefined` when the network had not taken it yet. */
export const stateAt = ({ acceptedAtMs, past, state }: RcsMessage, timeMs: number): RcsState | undefined =>
  acceptedAtMs > timeMs ? undefined : (past.find(({ untilMs }) => untilMs > timeMs)?.state ?? state);
