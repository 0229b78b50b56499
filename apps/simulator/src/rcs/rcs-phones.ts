import { Injectable } from '@nestjs/common';
import { Handsets } from '../sms/handsets.js';
import type { ContentMessage } from './agent-message.js';

interface Bubble<Direction, Content> {
  readonly messageId: string;
  readonly direction: Direction;
  readonly agentId: string;
  readonly at: string;
  readonly encryption: 'none' | 'mls';
  readonly content: Content;
  /** When the network was told to stop trying, milliseconds since the epoch. */
  readonly expiresAtMs?: number;
  /** Received: the person opened it. Written: the agent said that it was read. */
  isRead: boolean;
}

/** One bubble of an RCS conversation as the handset has it. */
export type RcsBubble = Bubble<'received', ContentMessage> | Bubble<'written', WrittenContent>;

export type WrittenContent =
  | { readonly text: string }
  | { readonly suggestionResponse: { readonly postbackData: string; readonly text: string } }
  | { readonly location: { readonly latitude: number; readonly longitude: number } }
  | { readonly userFile: { readonly fileName: string; readonly mimeType: string; readonly fileSizeBytes: number } };

interface Phone {
  hasRcs: boolean;
  bubbles: RcsBubble[];
  readonly encryptedWith: Set<string>;
  readonly unsubscribedFrom: Set<string>;
  /** Agent, and until when it is shown as writing. */
  readonly typing: Map<string, number>;
}

/** How long RCS shows that someone writes after it heard so. */
const TYPING_SHOWN_MS = 20_000;

/** The RCS side of the handsets: whether a phone is on is one thing for both networks, the rest is here. */
@Injectable()
export class RcsPhones {
  private readonly phones = new Map<string, Phone>();

  constructor(private readonly handsets: Handsets) {}

  hasRcs(e164: string): boolean {
    return this.get(e164).hasRcs;
  }

  setRcs(e164: string, hasRcs: boolean): void {
    this.get(e164).hasRcs = hasRcs;
    this.handsets.changed(e164);
  }

  /** On, and on this network. */
  isReady(e164: string): boolean {
    return this.handsets.isOnline(e164) && this.get(e164).hasRcs;
  }

  encryptionOf(e164: string, agentId: string): 'none' | 'mls' {
    return this.get(e164).encryptedWith.has(agentId) ? 'mls' : 'none';
  }

  setEncryption(e164: string, agentId: string, isOn: boolean): void {
    const { encryptedWith } = this.get(e164);
    if (isOn) encryptedWith.add(agentId);
    else encryptedWith.delete(agentId);
    this.handsets.changed(e164);
  }

  isUnsubscribed(e164: string, agentId: string): boolean {
    return this.get(e164).unsubscribedFrom.has(agentId);
  }

  /** True when that changed something. */
  setSubscribed(e164: string, agentId: string, isSubscribed: boolean): boolean {
    const { unsubscribedFrom } = this.get(e164);
    if (isSubscribed) return unsubscribedFrom.delete(agentId);
    if (unsubscribedFrom.has(agentId)) return false;
    unsubscribedFrom.add(agentId);
    return true;
  }

  /** Another person has the number: nothing of the one before is on the phone, and this network does not know it. */
  giveAway(e164: string): void {
    this.phones.set(e164, { ...newPhone(), hasRcs: false });
    this.handsets.changed(e164);
  }

  append(e164: string, bubble: RcsBubble): void {
    const phone = this.get(e164);
    phone.bubbles.push(bubble);
    if (bubble.direction === 'received') phone.typing.delete(bubble.agentId);
    this.handsets.changed(e164);
  }

  /** True when the bubble is there and was not marked before. */
  markRead(e164: string, messageId: string, direction: RcsBubble['direction']): boolean {
    const bubble = this.get(e164).bubbles.find(
      (each) => each.messageId === messageId && each.direction === direction && !each.isRead,
    );
    if (!bubble) return false;
    bubble.isRead = true;
    this.handsets.changed(e164);
    return true;
  }

  /** Bubbles from before; the phone stays what it was. */
  forgetBefore(timeMs: number): void {
    for (const phone of this.phones.values())
      phone.bubbles = phone.bubbles.filter(({ at }) => Date.parse(at) >= timeMs);
  }

  showTyping(e164: string, agentId: string): void {
    this.get(e164).typing.set(agentId, Date.now() + TYPING_SHOWN_MS);
    this.handsets.changed(e164);
  }

  read(e164: string) {
    const phone = this.get(e164);
    return {
      e164,
      isOnline: this.handsets.isOnline(e164),
      hasRcs: phone.hasRcs,
      encryptedWith: [...phone.encryptedWith],
      unsubscribedFrom: [...phone.unsubscribedFrom],
      typing: [...phone.typing].filter(([, untilMs]) => untilMs > Date.now()).map(([agentId]) => agentId),
      bubbles: phone.bubbles,
    };
  }

  private get(e164: string): Phone {
    const known = this.phones.get(e164);
    if (known) return known;
    const phone = newPhone();
    this.phones.set(e164, phone);
    return phone;
  }
}

const newPhone = (): Phone => ({
  hasRcs: true,
  bubbles: [],
  encryptedWith: new Set(),
  unsubscribedFrom: new Set(),
  typing: new Map(),
});
