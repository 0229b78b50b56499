import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { planDigest, toWireJson } from '@causeway/api-contract';
import { messageIdFromBytes, mintBoxId, toBytes, type MessageId } from '@causeway/message-model';
import { sealToDevice } from '@causeway/signal-protocol';
import { WebSocket } from 'ws';
import { Percentiles } from './percentiles.js';
import { BENCH, type BenchDevice, type BenchPair } from './seed-accounts.js';

export interface LoadResult {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  /** Boxes that reached a device of the recipient, and messages all of whose recipient devices have them. */
  readonly boxes: number;
  readonly delivered: number;
  readonly seconds: number;
  readonly acceptMs: { readonly p50: number; readonly p99: number };
  readonly endToEndMs: { readonly p50: number; readonly p99: number };
}

/** A Signal message of 160 bytes of text is about 265 bytes (STANDARDS: steady state). */
const SIGNAL_MESSAGE_BYTES = 265;

interface Prepared {
  readonly token: string;
  readonly messageId: string;
  readonly body: string;
  readonly boxIds: readonly string[];
}

/** Seals everything before the clock starts: what is measured is the gateway alone. */
export function prepare(pairs: readonly BenchPair[], count: number): readonly Prepared[] {
  return Array.from({ length: count }, (_, index) => prepareOne(pairs[index % pairs.length] ?? pairs[0]));
}

function prepareOne(pair: BenchPair | undefined): Prepared {
  const [sender, other] = pair?.sender ?? [];
  if (!pair || !sender || !other) throw new Error('no pair to write with');
  const messageId = messageIdFromBytes(Buffer.concat([Buffer.from([1]), randomBytes(31)]));
  if (!messageId) throw new Error('a message id is 32 bytes and begins with 1');
  const recipient = pair.recipient.map((device) => boxFor(device, sender, messageId));
  const digest = planDigest({
    tenant: BENCH.tenant,
    conversation: pair.conversation,
    leg: 'native',
    networks: ['native'],
  });
  const body = toWireJson({
    messageId,
    to: { kind: 'conversation', conversation: pair.conversation },
    deliverBefore: Math.floor(Date.now() / 1000) + 7 * 24 * 3600,
    body: { leg: 'native', planDigest: digest, recipient, sync: [boxFor(other, sender, messageId)] },
  });
  return { token: sender.token, messageId, body, boxIds: recipient.map((box) => box.boxId) };
}

function boxFor(device: BenchDevice, sender: BenchDevice, messageId: MessageId) {
  const boxId = mintBoxId();
  const context = {
    tenant: BENCH.tenant,
    account: device.account,
    device: device.deviceId,
    sealKeyId: BENCH.sealKeyId,
    boxId,
  };
  const box = sealToDevice({
    context,
    sealPublicKey: device.sealKey,
    body: {
      leg: 'native',
      messageId,
      senderAccount: sender.account,
      senderDevice: sender.deviceId,
      signalType: 'message',
      signalMessage: toBytes(randomBytes(SIGNAL_MESSAGE_BYTES)),
    },
  });
  return { deviceId: device.deviceId, registrationId: BENCH.registrationId, sealKeyId: BENCH.sealKeyId, boxId, box };
}

/** Opens a socket per device and sends at a steady rate; waits for the stragglers. */
export async function runNativeLoad(input: {
  readonly gatewayUrl: string;
  readonly pairs: readonly BenchPair[];
  readonly prepared: readonly Prepared[];
  readonly perSecond: number;
  readonly drainWithinMs: number;
}): Promise<LoadResult> {
  const load = new NativeLoad(input.gatewayUrl);
  await load.connect(input.pairs.flatMap((pair) => [...pair.sender, ...pair.recipient]));
  const result = await load.run(input.prepared, input);
  load.close();
  return result;
}

class NativeLoad {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 128 });
  private readonly sockets: WebSocket[] = [];
  private readonly sentAt = new Map<string, number>();
  private readonly missing = new Map<string, { messageId: string; boxes: number }>();
  private readonly acceptMs = new Percentiles();
  private readonly endToEndMs = new Percentiles();
  private accepted = 0;
  private refused = 0;
  private boxes = 0;
  private delivered = 0;

  constructor(private readonly gatewayUrl: string) {}

  async connect(devices: readonly BenchDevice[]): Promise<void> {
    for (let from = 0; from < devices.length; from += 50) {
      await Promise.all(devices.slice(from, from + 50).map((device) => this.open(device)));
    }
  }

  close(): void {
    for (const socket of this.sockets) socket.terminate();
    this.agent.destroy();
  }

  async run(
    prepared: readonly Prepared[],
    limits: { readonly perSecond: number; readonly drainWithinMs: number },
  ): Promise<LoadResult> {
    const startedMs = performance.now();
    const posts: Promise<void>[] = [];
    for (let next = 0; next < prepared.length;) {
      const due = Math.min(prepared.length, Math.floor(((performance.now() - startedMs) / 1000) * limits.perSecond));
      for (; next < due; next += 1) {
        const message = prepared[next];
        if (message) posts.push(this.post(message));
      }
      await pause(2);
    }
    await Promise.all(posts);
    const endMs = performance.now() + limits.drainWithinMs;
    while (this.delivered < this.accepted && performance.now() < endMs) await pause(10);
    const seconds = (performance.now() - startedMs) / 1000;
    const of = (times: Percentiles) => ({ p50: times.at(0.5), p99: times.at(0.99) });
    return {
      sent: prepared.length,
      accepted: this.accepted,
      refused: this.refused,
      boxes: this.boxes,
      delivered: this.delivered,
      seconds,
      acceptMs: of(this.acceptMs),
      endToEndMs: of(this.endToEndMs),
    };
  }

  private open(device: BenchDevice): Promise<void> {
    const socket = new WebSocket(`${this.gatewayUrl.replace('http', 'ws')}/v1/socket`, {
      headers: { authorization: `Bearer ${device.token}` },
      perMessageDeflate: false,
    });
    this.sockets.push(socket);
    let waiting: string[] = [];
    socket.on('message', (frame: Buffer) => {
      const id = this.received(frame.toString('utf8'));
      if (id === undefined) return;
      if (waiting.length === 0) {
        setImmediate(() => {
          socket.send(JSON.stringify({ type: 'acknowledge', ids: waiting }));
          waiting = [];
        });
      }
      waiting.push(id);
    });
    return new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
  }

  /** Ids stand at fixed places in a frame; parsing 2,000 of them a second in full would measure the generator. */
  private received(frame: string): string | undefined {
    if (!frame.startsWith('{"type":"item"')) return undefined;
    const id = /"id":"([^"]+)"/.exec(frame)?.[1];
    const boxId = /"boxId":"([^"]+)"/.exec(frame)?.[1];
    const message = boxId === undefined ? undefined : this.missing.get(boxId);
    if (boxId !== undefined && message) {
      this.missing.delete(boxId);
      this.boxes += 1;
      message.boxes -= 1;
      if (message.boxes === 0) {
        this.delivered += 1;
        this.endToEndMs.add(performance.now() - (this.sentAt.get(message.messageId) ?? Number.NaN));
      }
    }
    return id;
  }

  private post(message: Prepared): Promise<void> {
    const startedMs = performance.now();
    this.sentAt.set(message.messageId, startedMs);
    const tracked = { messageId: message.messageId, boxes: message.boxIds.length };
    for (const boxId of message.boxIds) this.missing.set(boxId, tracked);
    return new Promise((resolve) => {
      const call = request(
        `${this.gatewayUrl}/v1/messages`,
        {
          method: 'POST',
          agent: this.agent,
          headers: {
            authorization: `Bearer ${message.token}`,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(message.body),
            'idempotency-key': `"${message.messageId}"`,
          },
        },
        (response) => {
          response.resume();
          response.once('end', () => {
            if (response.statusCode === 202) this.accepted += 1;
            else this.refused += 1;
            this.acceptMs.add(performance.now() - startedMs);
            resolve();
          });
        },
      );
      call.once('error', () => {
        this.refused += 1;
        resolve();
      });
      call.end(message.body);
    });
  }
}
