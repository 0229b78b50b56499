import { Inject, Injectable } from '@nestjs/common';
import { countSegments } from '@causeway/message-model';
import { CarrierLog } from '../control/carrier-log.js';
import type { Fault } from '../control/fault-script.js';
import { SIMULATOR_OPTIONS, SIMULATOR_SETTINGS } from '../simulator-options.js';
import type { SimulatorOptions, SimulatorSettings } from '../simulator-options.js';
import { Handsets } from './handsets.js';
import type { NewMessage } from './new-message.js';
import { OptOuts } from './opt-outs.js';
import { isFinal, mintSid, type SmsMessage, type SmsStatus } from './sms-message.js';
import { Timers } from './timers.js';
import { inboundForm, statusForm } from './webhook-forms.js';
import { Webhooks } from './webhooks.js';

/** Twilio: the handset does not exist. */
const UNKNOWN_DESTINATION = 30005;
/** Twilio: a part of the message went missing. */
const PART_MISSING = 30009;
/** Between two callbacks that were turned round, so that they do not meet on the way. */
const REORDERED_BY_MS = 200;

/** The network behind the API: what it accepted travels to handsets, what handsets write travels to the webhook. */
@Injectable()
export class SmsCarrier {
  private readonly messages = new Map<string, SmsMessage>();

  constructor(
    private readonly handsets: Handsets,
    private readonly webhooks: Webhooks,
    private readonly optOuts: OptOuts,
    private readonly timers: Timers,
    private readonly log: CarrierLog,
    @Inject(SIMULATOR_OPTIONS) private readonly options: SimulatorOptions,
    @Inject(SIMULATOR_SETTINGS) private readonly settings: SimulatorSettings,
  ) {}

  accept(request: NewMessage, fault: Fault | undefined): SmsMessage {
    const message = this.record({ ...request, direction: 'outbound-api', status: 'queued' });
    this.log.append({ event: 'accepted', ...message });
    const callbacks = this.reporting(fault);
    this.timers.after(this.settings.sendDelayMs, () => {
      if (this.isGone(message)) return;
      message.sentAtMs = Date.now();
      this.move(message, 'sent', callbacks);
      if (fault?.mode === 'number-recycled') {
        this.handsets.giveAway(message.to);
        this.fail(message, UNKNOWN_DESTINATION, callbacks);
      } else if (fault?.mode === 'fail-code') this.fail(message, fault.code, callbacks);
      else if (isAboutParts(fault) && message.segments > 1) this.deliverInParts(message, fault, callbacks);
      else this.timers.after(this.settings.deliverDelayMs, () => this.deliver(message, callbacks));
    });
    return message;
  }

  /** A person writes on a handset. */
  write(from: string, to: string, body: string, fault: Fault | undefined): SmsMessage {
    const message = this.record({ from, to, body, media: [], direction: 'inbound', status: 'received' });
    message.sentAtMs = message.createdAtMs;
    this.log.append({ event: 'written', ...message });
    this.handsets.append(from, {
      sid: message.sid,
      direction: 'written',
      from,
      to,
      body,
      at: iso(message.createdAtMs),
    });
    const confirmation = this.optOuts.hear(to, from, body);
    this.announce(inboundForm(message), fault);
    if (confirmation !== undefined) this.confirm(to, from, confirmation);
    return message;
  }

  /** Posts the webhook of an inbound message. */
  announce(form: Readonly<Record<string, string>>, fault: Fault | undefined): void {
    const { inboundUrl } = this.settings;
    if (inboundUrl === undefined) return;
    for (const afterMs of postTimesMs(fault))
      this.timers.after(afterMs, () => this.webhooks.post('inbound-webhook', inboundUrl, form, fault));
  }

  /** A message that came with files; whoever has them announces it, since its webhook names them. */
  keepInbound(given: Pick<NewMessage, 'from' | 'to' | 'body' | 'media'>): SmsMessage {
    const message = this.record({ ...given, direction: 'inbound', status: 'received' });
    message.sentAtMs = message.createdAtMs;
    const { sid, from, to, body, createdAtMs } = message;
    this.handsets.append(from, { sid, direction: 'written', from, to, body, at: iso(createdAtMs) });
    return message;
  }

  find(sid: string): SmsMessage | undefined {
    return this.messages.get(sid);
  }

  /** Newest first, as Twilio lists. */
  all(): readonly SmsMessage[] {
    return [...this.messages.values()].reverse();
  }

  redact(message: SmsMessage): void {
    message.body = '';
    message.updatedAtMs = Date.now();
  }

  remove(sid: string): void {
    this.messages.delete(sid);
  }

  forgetBefore(timeMs: number): void {
    for (const [sid, { createdAtMs }] of this.messages) if (createdAtMs < timeMs) this.messages.delete(sid);
  }

  private confirm(from: string, to: string, body: string): void {
    const reply = this.record({ from, to, body, media: [], direction: 'outbound-reply', status: 'queued' });
    reply.sentAtMs = reply.createdAtMs;
    this.deliver(reply, () => undefined);
  }

  private deliver(message: SmsMessage, report: (message: SmsMessage) => void): void {
    if (isFinal(message) || this.isGone(message)) return;
    const leftMs = message.createdAtMs + message.validitySeconds * 1_000 - Date.now();
    if (leftMs <= 0) return this.fail(message, 30036, report);
    if (!this.handsets.isOnline(message.to)) {
      const giveUp = this.handsets.whenOnline(message.to, () => this.deliver(message, report));
      this.timers.after(leftMs, () => {
        giveUp();
        this.deliver(message, report);
      });
      return;
    }
    const { sid, from, to, body } = message;
    this.log.append({ event: 'shown', ...message });
    this.handsets.append(to, { sid, direction: 'received', from, to, body, at: iso(Date.now()) });
    this.move(message, 'delivered', report);
  }

  /** All but the last part arrive in time. Nothing is shown of them: a handset waits for the whole. */
  private deliverInParts(message: SmsMessage, { mode, delayMs }: Fault, report: (message: SmsMessage) => void): void {
    this.timers.after(this.settings.deliverDelayMs, () => {
      if (isFinal(message) || this.isGone(message)) return;
      this.move(message, 'partially_delivered', report);
      this.timers.after(delayMs, () => {
        if (mode === 'late-part') this.deliver(message, report);
        else if (!this.isGone(message)) this.fail(message, PART_MISSING, report);
      });
    });
  }

  private fail(message: SmsMessage, code: number, report: (message: SmsMessage) => void): void {
    message.errorCode = code;
    this.move(message, 'undelivered', report);
  }

  private move(message: SmsMessage, status: SmsStatus, report: (message: SmsMessage) => void): void {
    message.status = status;
    message.updatedAtMs = Date.now();
    if (isFinal(message) && message.discardsContent) message.body = '';
    report(message);
  }

  /** The callbacks of one message. Reordered ones wait for each other: what is final goes first. */
  private reporting(fault: Fault | undefined): (message: SmsMessage) => void {
    const waiting: (() => void)[] = [];
    return (message) => {
      const { statusCallback } = message;
      if (statusCallback === undefined) return;
      const form = statusForm(message);
      const post = (): void => {
        for (const afterMs of postTimesMs(fault))
          this.timers.after(afterMs, () => this.webhooks.post('status-webhook', statusCallback, form, fault));
      };
      waiting.unshift(post);
      if (fault?.mode === 'reorder-callbacks' && !isFinal(message)) return;
      for (const [place, each] of waiting.splice(0).entries()) this.timers.after(place * REORDERED_BY_MS, each);
    };
  }

  private isGone(message: SmsMessage): boolean {
    return this.messages.get(message.sid) !== message;
  }

  private record(given: NewMessage & Pick<SmsMessage, 'direction' | 'status'>): SmsMessage {
    const nowMs = Date.now();
    const message: SmsMessage = {
      sid: mintSid(given.media.length > 0),
      accountSid: this.options.accountSid,
      direction: given.direction,
      from: given.from,
      to: given.to,
      body: given.body,
      media: given.media,
      messagingServiceSid: given.messagingServiceSid,
      segments: countSegments(given.body).segments,
      status: given.status,
      errorCode: undefined,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      sentAtMs: undefined,
      validitySeconds: given.validitySeconds ?? 36_000,
      statusCallback: given.statusCallback,
      discardsContent: given.discardsContent ?? false,
      obfuscatesAddress: given.obfuscatesAddress ?? false,
    };
    this.messages.set(message.sid, message);
    return message;
  }
}

const isAboutParts = (fault: Fault | undefined): fault is Fault =>
  fault?.mode === 'late-part' || fault?.mode === 'lost-part';

/** How long after each event its webhook is posted, once for each number. */
function postTimesMs(fault: Fault | undefined): readonly number[] {
  switch (fault?.mode) {
    case 'lose-callbacks':
      return [];
    case 'double-callbacks':
      return [0, 0];
    case 'late-callbacks':
      return [fault.delayMs];
    default:
      return [0];
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
