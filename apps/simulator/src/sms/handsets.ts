import { Injectable } from '@nestjs/common';

export interface HandsetMessage {
  readonly sid: string;
  readonly direction: 'received' | 'written';
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly at: string;
}

interface Handset {
  isOnline: boolean;
  messages: HandsetMessage[];
}

/** Phones exist as soon as someone names them; each is online until told otherwise. */
@Injectable()
export class Handsets {
  private readonly handsets = new Map<string, Handset>();
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly watchers = new Set<(e164: string) => void>();

  /** Calls `watcher` after every change of a handset, until the returned function is called. */
  watch(watcher: (e164: string) => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** Something about the handset is different now, on this network or another. */
  changed(e164: string): void {
    this.get(e164);
    for (const watcher of this.watchers) watcher(e164);
  }

  isOnline(e164: string): boolean {
    return this.get(e164).isOnline;
  }

  /** Newly online handsets take what the network held for them, oldest first. */
  setOnline(e164: string, isOnline: boolean): void {
    this.get(e164).isOnline = isOnline;
    const waiting = isOnline ? [...(this.waiting.get(e164) ?? [])] : [];
    if (isOnline) this.waiting.delete(e164);
    for (const deliver of waiting) deliver();
    this.changed(e164);
  }

  /** Calls `deliver` at the next time the handset comes online, unless the returned function is called first. */
  whenOnline(e164: string, deliver: () => void): () => void {
    const waiting = this.waiting.get(e164) ?? new Set();
    this.waiting.set(e164, waiting.add(deliver));
    return () => void waiting.delete(deliver);
  }

  /** The number goes to another person, who has a phone with nothing on it. */
  giveAway(e164: string): void {
    this.get(e164).messages.length = 0;
    this.changed(e164);
  }

  append(e164: string, message: HandsetMessage): void {
    this.get(e164).messages.push(message);
    this.changed(e164);
  }

  messages(e164: string): readonly HandsetMessage[] {
    return this.get(e164).messages;
  }

  /** Messages from before; the handset stays what it was. */
  forgetBefore(timeMs: number): void {
    for (const handset of this.handsets.values())
      handset.messages = handset.messages.filter(({ at }) => Date.parse(at) >= timeMs);
  }

  all(): readonly { readonly e164: string; readonly isOnline: boolean; readonly messageCount: number }[] {
    return [...this.handsets].map(([e164, { isOnline, messages }]) => ({
      e164,
      isOnline,
      messageCount: messages.length,
    }));
  }

  private get(e164: string): Handset {
    const known = this.handsets.get(e164);
    if (known) return known;
    const handset: Handset = { isOnline: true, messages: [] };
    this.handsets.set(e164, handset);
    return handset;
  }
}
