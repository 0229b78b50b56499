import { setTimeout as pause } from 'node:timers/promises';
import { Percentiles, type Latency } from '../measure/percentiles.js';
import type { BenchDevice, BenchPair } from '../site/seed-accounts.js';
import { DeviceSocket } from './device-socket.js';
import { prepareMessage, type Boxes, type PreparedMessage } from './native-message.js';
import type { ReadFrame } from './read-frame.js';
import { RequestDoor } from './request-door.js';

export interface LoadOrder {
  readonly gatewayUrl: string;
  readonly pairs: readonly BenchPair[];
  readonly count: number;
  readonly perSecond: number;
  /** Messages in a row of one conversation. */
  readonly burst: number;
  readonly boxes: Boxes;
  /** Without sockets nothing is pushed: the load ends when everything was accepted. */
  readonly hasSockets: boolean;
  /** Requests under way at a time; more wait their turn in the generator, and are late. */
  readonly maxUnderWay: number;
  /** Until the deadline of each message. */
  readonly lifetimeSeconds: number;
  /** Sent at the same rate before anything is measured: a process that is new compiles its code while it runs, and its own delay would count as the gateway's. */
  readonly warmUpSeconds: number;
}

export interface LoadResult {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  /** Messages that every device of the recipient has, and those of which the sender was told so. */
  readonly delivered: number;
  readonly receipts: number;
  /** Sockets that the other end closed while the load ran, or that broke: what is for them waits in inboxes. */
  readonly lostSockets: number;
  /** From the first message to the end of the last. */
  readonly seconds: number;
  readonly acceptMs: Latency;
  readonly endToEndMs: Latency;
}

/** The last messages of a load may take this long. */
const DRAIN_WITHIN_MS = 20_000;
const CONNECTED_AT_ONCE = 50;
const TICK_MS = 2;

/**
 * Sends at a steady rate whatever comes back, acknowledges what is pushed, and knows when each message was there. Messages go over the sender's
 * open socket, as those of the SDK do; a load without sockets sends requests.
 */
export class NativeLoad {
  private readonly requests = new RequestDoor();
  private readonly sockets = new Map<string, DeviceSocket>();
  private readonly missing = new Map<string, { boxes: number; readonly sentMs: number }>();
  private readonly untold = new Set<string>();
  private readonly prepared: PreparedMessage[];
  private tally = new Tally();
  private underWay = 0;

  constructor(private readonly order: LoadOrder) {
    const isBeforehand = order.boxes === 'sealed';
    this.prepared = isBeforehand ? Array.from({ length: order.count }, (_, index) => this.prepare(index)) : [];
  }

  async connect(): Promise<void> {
    if (!this.order.hasSockets) return;
    const devices = this.order.pairs.flatMap((pair) => [...pair.sender, ...pair.recipient]);
    for (let from = 0; from < devices.length; from += CONNECTED_AT_ONCE)
      await Promise.all(devices.slice(from, from + CONNECTED_AT_ONCE).map((device) => this.open(device)));
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.close();
    this.requests.close();
  }

  /** Not counted: the same load for a while, until all of it has arrived. */
  async warmUp(): Promise<void> {
    const { perSecond, warmUpSeconds } = this.order;
    await this.send(Math.round(perSecond * warmUpSeconds), (index) => this.prepare(index, 'noise'));
  }

  run(): Promise<LoadResult> {
    return this.send(this.order.count, (index) => this.prepared[index] ?? this.prepare(index));
  }

  private async send(count: number, messageOf: (index: number) => PreparedMessage): Promise<LoadResult> {
    const { perSecond, hasSockets, maxUnderWay } = this.order;
    const tally = new Tally();
    this.tally = tally;
    const startedMs = performance.now();
    for (let next = 0; next < count;) {
      const due = Math.min(count, Math.floor(((performance.now() - startedMs) / 1000) * perSecond));
      for (; next < due && this.underWay < maxUnderWay; next += 1) this.post(messageOf(next));
      await pause(TICK_MS);
    }
    while (this.underWay > 0) await pause(TICK_MS);
    const endMs = performance.now() + DRAIN_WITHIN_MS;
    const isDone = (): boolean =>
      !hasSockets || (tally.delivered >= tally.accepted && tally.receipts >= tally.accepted);
    let seconds = (performance.now() - startedMs) / 1000;
    while (!isDone() && performance.now() < endMs) {
      await pause(TICK_MS);
      if (tally.delivered < tally.accepted) seconds = (performance.now() - startedMs) / 1000;
    }
    return { sent: count, seconds, ...tally.result };
  }

  private prepare(index: number, boxes = this.order.boxes): PreparedMessage {
    const { pairs, burst, lifetimeSeconds } = this.order;
    const pair = pairs[Math.floor(index / burst) % pairs.length];
    if (!pair) throw new Error('no pair to write with');
    return prepareMessage(pair, { boxes, lifetimeSeconds });
  }

  private async open(device: BenchDevice): Promise<void> {
    const onFrame = ({ boxIds, delivered }: ReadFrame): void => {
      for (const boxId of boxIds) this.arrived(boxId);
      for (const messageId of delivered) if (this.untold.delete(messageId)) this.tally.receipts += 1;
    };
    const onLost = (code: number): void => {
      this.tally.lostSockets += 1;
      process.stderr.write(`a socket was closed: ${code}\n`);
    };
    this.sockets.set(
      device.token,
      await DeviceSocket.open(this.order.gatewayUrl, { token: device.token, onFrame, onLost }),
    );
  }

  private arrived(boxId: string): void {
    const message = this.missing.get(boxId);
    if (!message) return;
    this.missing.delete(boxId);
    message.boxes -= 1;
    if (message.boxes > 0) return;
    this.tally.delivered += 1;
    this.tally.endToEndMs.add(performance.now() - message.sentMs);
  }

  private post(message: PreparedMessage): void {
    const { messageId, token, boxIds } = message;
    const sentMs = performance.now();
    this.underWay += 1;
    if (this.order.hasSockets) {
      const tracked = { boxes: boxIds.length, sentMs };
      for (const boxId of boxIds) this.missing.set(boxId, tracked);
      this.untold.add(messageId);
    }
    const ended = (isAccepted: boolean): void => {
      this.tally.acceptMs.add(performance.now() - sentMs);
      this.underWay -= 1;
      if (isAccepted) this.tally.accepted += 1;
      else this.tally.refused += 1;
    };
    const socket = this.sockets.get(token);
    if (socket) socket.submit(message, ended);
    else this.requests.post(`${this.order.gatewayUrl}/v1/messages`, message, ended);
  }
}

/** What one load counts. */
class Tally {
  readonly acceptMs = new Percentiles();
  readonly endToEndMs = new Percentiles();
  accepted = 0;
  refused = 0;
  delivered = 0;
  receipts = 0;
  lostSockets = 0;

  get result(): Omit<LoadResult, 'sent' | 'seconds'> {
    const { accepted, refused, delivered, receipts, lostSockets } = this;
    const latencies = { acceptMs: this.acceptMs.latency, endToEndMs: this.endToEndMs.latency };
    return { accepted, refused, delivered, receipts, lostSockets, ...latencies };
  }
}
