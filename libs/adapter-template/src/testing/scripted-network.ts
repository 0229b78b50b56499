import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { NetworkFault } from '@causeway/network-adapter/testing';

/** A message as the network keeps it. */
export interface StoredMessage {
  readonly id: string;
  readonly reference: string;
  readonly text: string;
  readonly replyTo?: string;
  readonly expiresAt?: number;
}

/** A pretend network that speaks the vendor's HTTP interface, so that the adapter's real code runs, and that can be told to fail. */
export class ScriptedNetwork {
  readonly delivered: StoredMessage[] = [];
  sendCalls = 0;
  private readonly faults: NetworkFault['kind'][] = [];
  private delayMs = 0;

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  /** 0 takes a free port. */
  static async start(port = 0): Promise<ScriptedNetwork> {
    const server = createServer((request, response) => void network.answer(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The network has no port');
    const network = new ScriptedNetwork(`http://127.0.0.1:${address.port}`, server);
    return network;
  }

  failNext({ kind }: NetworkFault): void {
    this.faults.push(kind);
  }

  delayNext(delayMs: number): void {
    this.delayMs = delayMs;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(request, 'end');
    if (request.method === 'GET') return this.tell(request.url ?? '', response);
    this.sendCalls += 1;
    const delayMs = this.delayMs;
    this.delayMs = 0;
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    const fault = this.faults.shift();
    switch (fault) {
      case 'throttled':
        return reply(response, 429, { code: 'too-many' }, { 'retry-after': '2' });
      case 'refused':
        return reply(response, 400, { code: 'unknown-recipient' });
      case 'unknown-code':
        return reply(response, 400, { code: 'nobody-documented-this' });
      case 'silent':
      case 'cut-off':
      case 'server-error':
      case undefined:
        break;
    }
    const content = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Omit<StoredMessage, 'id'>;
    const message = { ...content, id: randomUUID() };
    this.delivered.push(message);
    if (fault === 'cut-off') return void response.destroy();
    if (fault === 'server-error') return reply(response, 500, {});
    if (fault === undefined) reply(response, 201, { id: message.id });
  }

  private tell(path: string, response: ServerResponse): void {
    if (path === '/messages') return reply(response, 200, this.delivered);
    const isKnown = this.delivered.some(({ id }) => path === `/messages/${id}`);
    if (isKnown) reply(response, 200, { status: 'delivered' });
    else reply(response, 404, { code: 'unknown-message' });
  }
}

function reply(response: ServerResponse, status: number, content: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(content));
}
