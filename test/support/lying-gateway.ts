import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { acceptedSchema, clientFrameSchema, problemSchema } from '@causeway/api-contract';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { z } from 'zod';

/** One request as it left a device. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** One answer, as JSON. */
export interface Told {
  readonly status: number;
  readonly body: unknown;
}

/** What a device is told instead; `undefined` leaves the answer as it is. */
export type Lie = (told: Told, heard: Heard) => Told | undefined;

/**
 * Stands between a device and an honest gateway, hears every request and rewrites answers: all that a gateway can do that has nobody’s keys.
 * A message that comes over a socket is heard, and its answer told, as if it had been a request; what else sockets carry passes through.
 */
export class LyingGateway {
  /** Everything devices said, in order. */
  readonly heard: Heard[] = [];
  private readonly sockets = new WebSocketServer({ noServer: true });
  private lie: Lie | undefined;

  private constructor(
    readonly url: string,
    private readonly target: URL,
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => void this.relay(request, response));
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) =>
      this.tunnel(request, stream, head),
    );
  }

  static async before(gateway: string): Promise<LyingGateway> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    return new LyingGateway(`http://127.0.0.1:${address.port}`, new URL(gateway), server);
  }

  tell(lie: Lie): void {
    this.lie = lie;
  }

  tellTheTruth(): void {
    this.lie = undefined;
  }

  close(): Promise<void> {
    for (const device of this.sockets.clients) device.terminate();
    return new Promise((resolve) => {
      this.server.closeAllConnections();
      this.server.close(() => resolve());
    });
  }

  private async relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    const heard = { method: request.method ?? '', path: request.url ?? '', body: jsonOf(body) };
    this.heard.push(heard);
    const answer = await this.ask(request, body);
    const text = await bytesOf(answer);
    const told = { status: answer.statusCode ?? 502, body: jsonOf(text) };
    const lied = this.lie?.(told, heard);
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
    if (!lied) return void response.writeHead(told.status, headers).end(text);
    response.writeHead(lied.status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(lied.body));
  }

  private ask(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { method, url: path, headers } = request;
    const { hostname, port } = this.target;
    return new Promise((resolve, reject) => {
      httpRequest({ method, path, headers, hostname, port }, resolve).on('error', reject).end(body);
    });
  }

  private tunnel(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', this.target);
    url.protocol = 'ws:';
    const { authorization = '' } = request.headers;
    const upstream = new WebSocket(url, { headers: { authorization } });
    upstream.once('error', () => stream.destroy());
    upstream.once('open', () =>
      this.sockets.handleUpgrade(request, stream, head, (device) => this.join(device, upstream)),
    );
  }

  private join(device: WebSocket, upstream: WebSocket): void {
    const submitted = new Map<string, Heard>();
    device.on('message', (raw) => {
      const frame = jsonOf(bytesIn(raw));
      const said = clientFrameSchema.safeParse(frame);
      if (said.success && said.data.type === 'submit') {
        const heard = { method: 'POST', path: '/v1/messages', body: submittedIn(frame) };
        this.heard.push(heard);
        submitted.set(said.data.message.messageId, heard);
      }
      upstream.send(bytesIn(raw).toString('utf8'));
    });
    upstream.on('message', (raw) => device.send(this.toldInFrame(bytesIn(raw).toString('utf8'), submitted)));
    device.on('close', () => upstream.close());
    upstream.on('close', () => device.close());
    for (const socket of [device, upstream]) socket.on('error', () => socket.terminate());
  }

  private toldInFrame(text: string, submitted: ReadonlyMap<string, Heard>): string {
    const answer = answerFrame.safeParse(JSON.parse(text));
    if (!answer.success) return text;
    const [messageId, told] =
      answer.data.type === 'accepted'
        ? [answer.data.message.messageId, { status: 202, body: answer.data.message }]
        : [answer.data.messageId, { status: answer.data.problem.status, body: answer.data.problem }];
    const heard = submitted.get(messageId);
    const lied = heard && this.lie?.(told, heard);
    if (!lied) return text;
    return JSON.stringify(
      lied.status < 300 ? { type: 'accepted', message: lied.body } : { type: 'refused', messageId, problem: lied.body },
    );
  }
}

/** Frames that answer a message. */
const answerFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('accepted'), message: z.looseObject(acceptedSchema.shape) }),
  z.object({ type: z.literal('refused'), messageId: z.string(), problem: z.looseObject(problemSchema.shape) }),
]);

const submittedIn = (frame: unknown): unknown =>
  typeof frame === 'object' && frame !== null && 'message' in frame ? frame.message : undefined;

/** Frames come as one Buffer, which is the default of `ws`. */
const bytesIn = (raw: RawData): Buffer => (Buffer.isBuffer(raw) ? raw : Buffer.alloc(0));

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => void chunks.push(chunk));
  await once(message, 'end');
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
