import { MAX_FRAME_BYTES, serverFrameSchema, type InboxItem, type ServerFrame } from '@causeway/api-contract';
import type { LedgerHead, MessageId } from '@causeway/message-model';
import { WebSocket, type RawData } from 'ws';
import { backoffMs, pause } from './backoff.js';
import { Submissions, type SubmitAnswer } from './submissions.js';

type Acknowledge = (ids: readonly string[]) => void;

export interface SocketOptions {
  readonly gateway: string;
  readonly token: string;
  /** Its end is the end of waiting for answers. */
  readonly calls: AbortSignal;
  /** `acknowledge` is one and the same for all items of a connection. */
  readonly take: (item: InboxItem, acknowledge: Acknowledge) => Promise<void>;
  readonly onConnection: (isConnected: boolean) => void;
  readonly onCaughtUp: (ledger: LedgerHead | undefined) => void;
  readonly onProblem: (error: unknown) => void;
}

/** Each wait is at most some 40 % of the time that the gateway has been away: who restarts it does not wait for devices that sleep. */
const RECONNECT = { firstMs: 250, longestMs: 30_000, growth: 1.4 };
const HANDSHAKE_MS = 10_000;
/** A peer that vanished without a word is noticed after at most two of these. */
const PING_MS = 20_000;
/** Of one frame, as the gateway takes it. */
const MOST_IDS = 256;

/** One WebSocket to the gateway, opened again with jittered back-off until it is closed. */
export class InboxSocket {
  readonly #stop = new AbortController();
  #socket: WebSocket | undefined;
  #ended: Promise<void> = Promise.resolve();
  #line: Promise<void> = Promise.resolve();
  readonly #submissions: Submissions;

  constructor(private readonly options: SocketOptions) {
    this.#submissions = new Submissions(options.calls);
  }

  start(): void {
    this.#ended = this.#keepOpen();
  }

  /** Undefined when no socket is open, the message is too large for a frame, or the answer did not come: whether it was taken is not known. */
  submit(messageId: MessageId, json: string): Promise<SubmitAnswer | undefined> {
    const socket = this.#socket;
    const frame = `{"type":"submit","message":${json}}`;
    if (socket?.readyState !== WebSocket.OPEN || Buffer.byteLength(frame) > MAX_FRAME_BYTES)
      return Promise.resolve(undefined);
    const answer = this.#submissions.expect(messageId);
    socket.send(frame);
    return answer;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#socket?.terminate();
    await this.#ended;
    await this.#line;
  }

  async #keepOpen(): Promise<void> {
    for (let failures = 0; !this.#stop.signal.aborted; failures += 1) {
      const wasCaughtUp = await this.#once();
      if (wasCaughtUp) failures = 0;
      await pause(backoffMs(failures, RECONNECT), this.#stop.signal);
    }
  }

  /** Lives as long as one connection; true when it got as far as the end of the backlog. */
  #once(): Promise<boolean> {
    const { gateway, token, onConnection, onProblem } = this.options;
    const url = new URL('/v1/socket', gateway);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: 1024 * 1024,
    });
    this.#socket = socket;
    return new Promise((resolve) => {
      let wasCaughtUp = false;
      let wasOpen = false;
      const stopPinging = keepAlive(socket);
      const acknowledge = acknowledgeOn(socket);
      socket.on('open', () => {
        wasOpen = true;
        onConnection(true);
      });
      socket.on('message', (frame) => {
        wasCaughtUp = this.#receive(socket, frame, acknowledge) || wasCaughtUp;
      });
      socket.on('error', (error) => {
        // Ending a handshake is an error to the library.
        if (!this.#stop.signal.aborted) onProblem(error);
      });
      socket.on('close', () => {
        stopPinging();
        this.#submissions.giveUp();
        if (wasOpen) onConnection(false);
        resolve(wasCaughtUp);
      });
    });
  }

  #receive(socket: WebSocket, raw: RawData, acknowledge: Acknowledge): boolean {
    const frame = readFrame(raw);
    if (!frame) return false;
    switch (frame.type) {
      case 'item':
        this.#take(socket, frame.item, acknowledge);
        return false;
      case 'accepted':
        this.#submissions.answered(frame.message.messageId, { kind: 'accepted', message: frame.message });
        return false;
      case 'refused':
        this.#submissions.answered(frame.messageId, { kind: 'refused', problem: frame.problem });
        return false;
      case 'caught-up':
        this.options.onCaughtUp(frame.ledger);
        return true;
      case 'problem':
        this.options.onProblem(new Error(`${frame.code}: ${frame.title}`));
        return false;
    }
  }

  /** In the order of arrival; after a failure nothing more of this connection, so that no item overtakes another. */
  #take(socket: WebSocket, item: InboxItem, acknowledge: Acknowledge): void {
    this.#line = this.#line.then(async () => {
      if (socket.readyState !== WebSocket.OPEN) return;
      try {
        await this.options.take(item, acknowledge);
      } catch (error) {
        this.options.onProblem(error);
        socket.close();
      }
    });
  }
}

/** One of each connection, so that who takes items can tell which go together. */
const acknowledgeOn =
  (socket: WebSocket): Acknowledge =>
  (ids) => {
    // Closed meanwhile: the items come again on the next connection and are recognised.
    if (socket.readyState !== WebSocket.OPEN) return;
    for (let first = 0; first < ids.length; first += MOST_IDS)
      socket.send(JSON.stringify({ type: 'acknowledge', ids: ids.slice(first, first + MOST_IDS) }));
  };

function textOf(raw: RawData): string {
  if (Array.isArray(raw)) return Buffer.concat(raw).toString('utf8');
  return new TextDecoder().decode(raw);
}

function readFrame(raw: RawData): ServerFrame | undefined {
  try {
    const read = serverFrameSchema.safeParse(JSON.parse(textOf(raw)));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

function keepAlive(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_MS).unref();
  return () => clearInterval(timer);
}
