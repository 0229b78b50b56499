import { type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import {
  clientFrameSchema,
  MAX_FRAME_BYTES,
  toWireJson,
  type ClientFrame,
  type ServerFrame,
} from '@causeway/api-contract';
import { CausewayError, PROBLEMS, type TransitId } from '@causeway/message-model';
import { Acknowledge, type DeviceWaker, type FreshItem } from '@causeway/message-flow';
import { type Events, PROBLEM_MEDIA_TYPE, problemDocument, type Metrics } from '@causeway/platform/server';
import type { AuthenticatedDevice, DeviceRef, InboxRow } from '@causeway/storage';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { Authenticator, presentedToken } from './caller.js';
import { LanePlaces } from './lane-places.js';
import type { LedgerDoor } from './ledger-door.js';
import { PingRounds } from './ping-rounds.js';
import { itemFrame, ReadInbox } from './read-inbox.js';
import type { SocketSubmissions, SubmitFrame } from './socket-submissions.js';

const PATH = '/v1/socket';
/** Items on their way to one device at a time; more follow as it acknowledges. */
const WINDOW = 256;
const PAGE = 100;
/** Messages of one device that are being accepted; with so many it is not read from until one has its answer. */
const MAX_SUBMISSIONS = 64;
const PING_MS = 30_000;
const GOODBYE_MS = 1_000;
/** Close codes: RFC 6455 and, above 4000, those of Signal-Server. */
const CLOSE = { goingAway: 1001, policy: 1008, connectedElsewhere: 4409 } as const;

type Submissions = Pick<SocketSubmissions, 'answer' | 'close'>;
type Submitted = Extract<ClientFrame, { type: 'submit' }>['message'];

/** What is sent beside items. */
type Frame = SubmitFrame | Extract<ServerFrame, { type: 'problem' | 'caught-up' }>;

interface Session {
  readonly device: AuthenticatedDevice;
  /** Digest of the token it presented. */
  readonly token: Uint8Array;
  readonly submissions: Submissions;
  readonly socket: WebSocket;
  readonly underWay: Set<TransitId>;
  readonly places: LanePlaces;
  submitting: number;
  isReading: boolean;
  hasMore: boolean;
  isAlive: boolean;
}

const keyOf = ({ tenant, account, device }: DeviceRef): string => `${tenant} ${account} ${device}`;

/** The open sockets of devices: pushes what lies in the inbox, in order, and takes acknowledgements and messages. One socket per device. */
@Injectable()
export class DeviceSockets implements DeviceWaker, BeforeApplicationShutdown {
  private readonly sessions = new Map<string, Session>();
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  private submissions: Submissions | undefined;
  private isClosing = false;
  private readonly rounds = new PingRounds(PING_MS);
  private readonly pinging = setInterval(() => this.ping(), PING_MS).unref();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly readInbox: ReadInbox,
    private readonly acknowledge: Acknowledge,
    private readonly events: Events,
    private readonly metrics: Metrics,
    private readonly ledger: Pick<LedgerDoor, 'head'>,
  ) {}

  /** `submissions` come here and not when this is made: what accepts messages wakes sockets, so each of the two needs the other. */
  attach(server: Server, submissions: Submissions): void {
    this.submissions = submissions;
    server.on('upgrade', (request, stream, head) => void this.upgrade(request, stream, head));
  }

  wake(devices: readonly DeviceRef[]): void {
    for (const device of devices) {
      const session = this.sessions.get(keyOf(device));
      if (session) void this.push(session);
    }
  }

  bring(items: readonly FreshItem[]): void {
    for (const item of items) {
      const session = this.sessions.get(keyOf(item.device));
      if (session) this.hand(session, item);
    }
  }

  /** Before the HTTP server closes, which waits for every connection that is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    clearInterval(this.pinging);
    this.server.close();
    await this.submissions?.close();
    await Promise.all([...this.sessions.values()].map(({ socket }) => sayGoodbye(socket)));
  }

  private async upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    stream.on('error', () => stream.destroy());
    try {
      if (new URL(request.url ?? '', 'http://gateway').pathname !== PATH) throw new CausewayError('not-found');
      const token = presentedToken(request.headers.authorization);
      const device = await this.authenticator.known(token);
      const { submissions } = this;
      if (this.isClosing || !token || !submissions) throw new CausewayError('unavailable');
      this.server.handleUpgrade(request, stream, head, (socket) => this.open({ device, token, submissions, socket }));
    } catch (thrown) {
      refuse(stream, thrown instanceof CausewayError ? thrown : new CausewayError('unavailable'));
    }
  }

  private open(opened: Pick<Session, 'device' | 'token' | 'submissions' | 'socket'>): void {
    const { device, socket } = opened;
    const session: Session = {
      ...opened,
      underWay: new Set(),
      places: new LanePlaces(),
      submitting: 0,
      isReading: false,
      hasMore: false,
      isAlive: true,
    };
    this.sessions.get(keyOf(device))?.socket.close(CLOSE.connectedElsewhere);
    this.sessions.set(keyOf(device), session);
    this.metrics.set('causeway_device_sockets', {}, this.sessions.size);
    socket.on('message', (frame) => void this.receive(session, textOf(frame)));
    socket.on('pong', () => (session.isAlive = true));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.closed(session));
    void this.push(session);
  }

  private closed(session: Session): void {
    if (this.sessions.get(keyOf(session.device)) !== session) return;
    this.sessions.delete(keyOf(session.device));
    this.metrics.set('causeway_device_sockets', {}, this.sessions.size);
  }

  /** Reads on until the inbox is empty or the window full. A wake during a read makes it read once more: nothing is missed. */
  private async push(session: Session): Promise<void> {
    session.hasMore = true;
    if (session.isReading) return;
    session.isReading = true;
    try {
      while (session.hasMore && session.underWay.size < WINDOW && session.socket.readyState === session.socket.OPEN) {
        session.hasMore = false;
        const rows = await this.readInbox.execute(session.device, { underWay: [...session.underWay], limit: PAGE });
        for (const row of rows) {
          session.places.handedOut(row.id);
          pushRow(session, row);
        }
        if (rows.length === PAGE) session.hasMore = true;
        else if (!session.hasMore) {
          session.places.inboxIsEmpty();
          const ledger = await this.ledger.head();
          send(session.socket, { type: 'caught-up', ...(ledger && { ledger }) });
        }
      }
    } catch (thrown) {
      this.events.bugCaught({ component: 'device-sockets', thrown });
      session.socket.close(CLOSE.goingAway);
    } finally {
      session.isReading = false;
    }
  }

  /** Straight to the socket when nothing can lie before it, else by way of the inbox. */
  private hand(session: Session, item: FreshItem): void {
    const isFree = !session.isReading && session.underWay.size < WINDOW;
    if (item.kind === 'box') {
      const place = { id: item.row.id, lane: item.lane, position: item.position };
      const turn = session.places.judge(place);
      if (turn === 'past') return;
      if (turn === 'unknown' || !isFree) session.places.expect(place);
      else {
        session.places.handedOut(place.id, place);
        pushRow(session, item.row);
        return;
      }
    } else if (isFree) {
      pushRow(session, item.row);
      return;
    }
    void this.push(session);
  }

  private async receive(session: Session, text: string): Promise<void> {
    const frame = clientFrameSchema.safeParse(parseJson(text));
    if (!frame.success) {
      send(session.socket, { type: 'problem', code: 'invalid-request', title: PROBLEMS['invalid-request'].title });
      session.socket.close(CLOSE.policy);
      return;
    }
    if (frame.data.type === 'submit') await this.take(session, frame.data.message);
    else await this.forget(session, frame.data.ids);
  }

  /** Whoever submits faster than messages are accepted is not read from: the connection itself tells it to wait. */
  private async take(session: Session, message: Submitted): Promise<void> {
    const { socket, token, submissions } = session;
    session.submitting += 1;
    if (session.submitting === MAX_SUBMISSIONS) socket.pause();
    await submissions.answer(token, message, (frame) => {
      if (socket.readyState === socket.OPEN) send(socket, frame);
    });
    if (session.submitting === MAX_SUBMISSIONS) socket.resume();
    session.submitting -= 1;
  }

  private async forget(session: Session, ids: readonly TransitId[]): Promise<void> {
    try {
      await this.acknowledge.execute(session.device, ids);
    } catch (thrown) {
      this.events.bugCaught({ component: 'device-sockets', thrown });
      session.socket.close(CLOSE.goingAway);
      return;
    }
    const wasFull = session.underWay.size >= WINDOW;
    for (const id of ids) session.underWay.delete(id);
    if (wasFull) void this.push(session);
  }

  private ping(): void {
    const isOnTime = this.rounds.next();
    for (const session of this.sessions.values()) {
      if (!session.isAlive && isOnTime) session.socket.terminate();
      session.isAlive = false;
      session.socket.ping();
      // makes good a wake that was lost on its way from another process
      void this.push(session);
    }
  }
}

/** A device that does not answer the farewell is not waited for. */
async function sayGoodbye(socket: WebSocket): Promise<void> {
  const gone = new Promise((resolve) => socket.once('close', resolve));
  const patience = setTimeout(() => socket.terminate(), GOODBYE_MS);
  socket.close(CLOSE.goingAway);
  await gone;
  clearTimeout(patience);
}

function pushRow(session: Session, row: InboxRow): void {
  session.underWay.add(row.id);
  session.socket.send(itemFrame(row));
}

const send = (socket: WebSocket, frame: Frame): void => socket.send(toWireJson(frame));

/** Frames come as one Buffer, which is the default of `ws`; anything else is no frame of ours. */
const textOf = (frame: RawData): string => (Buffer.isBuffer(frame) ? frame.toString('utf8') : '');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(stream: Duplex, problem: CausewayError): void {
  const body = JSON.stringify(problemDocument(problem));
  stream.end(
    `HTTP/1.1 ${problem.status} ${problem.code}\r\ncontent-type: ${PROBLEM_MEDIA_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
