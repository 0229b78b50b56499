import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

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
 * WebSockets pass through.
 */
export class LyingGateway {
  /** Everything devices said, in order. */
  readonly heard: Heard[] = [];
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
    const upstream = connect(Number(this.target.port), this.target.hostname, () => {
      const lines = request.rawHeaders.reduce(
        (text, part, index) => text + (index % 2 === 0 ? `${part}: ` : `${part}\r\n`),
        '',
      );
      upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines}\r\n`);
      upstream.write(head);
      upstream.pipe(stream).pipe(upstream);
    });
    upstream.on('error', () => stream.destroy());
    stream.on('error', () => upstream.destroy());
  }
}

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
