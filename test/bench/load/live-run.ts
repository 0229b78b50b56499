import { setTimeout as pause } from 'node:timers/promises';
import type { Device } from '@causeway/client';
import { Carrier } from '../../support/carrier.js';
import type { LiveConversation } from './device-fleet.js';
import type { LiveAnswer, LiveOrder } from './live-orders.js';

const TEXT_LENGTH = 160;
const DRAIN_WITHIN_MS = 20_000;
const TICK_MS = 5;

interface Sending {
  readonly sentMs: number;
  /** Devices of the recipient that have not shown it. */
  missing: number;
}

/** One load of real devices: each message is encrypted for every device, decrypted and acknowledged on every one, or shown by the handset. */
export class LiveRun {
  private readonly sendings = new Map<string, Sending>();
  private readonly ids = new Set<string>();
  private readonly told = new Set<string>();
  private readonly sendMs: number[] = [];
  private readonly endToEndMs: number[] = [];
  private failed = 0;
  private receipts = 0;
  private lastMs = 0;

  constructor(
    private readonly conversations: readonly LiveConversation[],
    private readonly carrier: Carrier,
    private readonly order: LiveOrder,
    /** Makes the texts of one run different from all others. */
    private readonly tag: string,
  ) {}

  async run(): Promise<LiveAnswer> {
    const offs = this.conversations.flatMap((conversation) => this.listen(conversation));
    const count = Math.round(this.order.perSecond * this.order.seconds);
    const startedMs = Date.now();
    const acts: Promise<void>[] = [];
    while (acts.length < count) {
      const due = Math.min(count, Math.floor(((Date.now() - startedMs) / 1000) * this.order.perSecond));
      while (acts.length < due) acts.push(this.one(acts.length));
      await pause(TICK_MS);
    }
    await Promise.all(acts);
    const endMs = Date.now() + DRAIN_WITHIN_MS;
    while (!this.isDone() && Date.now() < endMs) await pause(TICK_MS);
    if (this.order.journey === 'native-sms') await this.readHandsets();
    for (const off of offs) off();
    return {
      sent: count,
      failed: this.failed,
      delivered: this.endToEndMs.length,
      receipts: this.receipts,
      seconds: (Math.max(this.lastMs, startedMs + 1) - startedMs) / 1000,
      sendMs: this.sendMs,
      endToEndMs: this.endToEndMs,
    };
  }

  private isDone(): boolean {
    const expected = this.sendings.size - this.failed;
    const isShown = this.order.journey === 'native-sms' || this.endToEndMs.length >= expected;
    return isShown && (this.order.journey === 'sms-native' || this.receipts >= expected);
  }

  private listen({ ada, bob }: LiveConversation): readonly (() => void)[] {
    const readers: readonly Device[] = this.order.journey === 'native' ? bob : ada;
    return [
      ada[0].on('state', ({ messageId, state }) => {
        if (state.kind !== 'delivered' || this.told.has(messageId)) return;
        this.told.add(messageId);
        if (this.ids.has(messageId)) this.receipts += 1;
      }),
      ...readers.map((device) =>
        device.on('message', ({ text, isOwn }) => {
          if (!isOwn && text !== undefined) this.shown(text, Date.now());
        }),
      ),
    ];
  }

  private shown(text: string, atMs: number): void {
    const sending = this.sendings.get(keyOf(text));
    if (!sending) return;
    sending.missing -= 1;
    if (sending.missing > 0) return;
    this.endToEndMs.push(atMs - sending.sentMs);
    this.lastMs = Math.max(this.lastMs, atMs);
  }

  private async one(index: number): Promise<void> {
    const conversation = this.conversations[index % this.conversations.length];
    if (!conversation) throw new Error('no conversation to write in');
    const key = `${this.tag}-${index}`;
    const text = `${key} `.padEnd(TEXT_LENGTH, 'words ');
    const sentMs = Date.now();
    this.sendings.set(key, { sentMs, missing: this.order.journey === 'native-sms' ? 1 : 2 });
    try {
      await this.send(conversation, text);
      this.sendMs.push(Date.now() - sentMs);
    } catch {
      // counted, and seen as missing
      this.failed += 1;
    }
  }

  private async send({ ada, bob, phone, bridgeNumber }: LiveConversation, text: string): Promise<void> {
    switch (this.order.journey) {
      case 'native':
        return this.note(await ada[0].send(bob[0].address, text));
      case 'native-sms':
        return this.note(await ada[0].send(`tel:${phone}`, text, { allowClear: ['sms'] }));
      case 'sms-native':
        return this.carrier.write({ from: phone, to: bridgeNumber, text });
    }
  }

  private note({ messageId }: { readonly messageId: string }): void {
    this.ids.add(messageId);
    // the receipt may have been faster than the answer
    if (this.told.has(messageId)) this.receipts += 1;
  }

  /** The handset says when it showed a message; asking it meanwhile would be load of its own. */
  private async readHandsets(): Promise<void> {
    for (const { phone } of this.conversations)
      for (const { body, at } of await this.carrier.received(phone)) this.shown(body, Date.parse(at));
  }
}

const keyOf = (text: string): string => text.slice(0, text.indexOf(' '));
