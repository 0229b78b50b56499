import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A message that a device handed to the gateway over this line. */
export interface SeenSubmission {
  readonly idempotencyKey: string;
  readonly body: string;
  readonly status: number;
  /** The id the gateway answered with. */
  readonly answer: string;
  readonly wasAnswerLost: boolean;
}

/**
 * A bad connection between a device and the gateway: it carries every request, and loses the first answer to a message, as a
 * tunnel does. Only HTTP: a device that uses it polls.
 */
export class ForgetfulLine {
  readonly submissions: SeenSubmission[] = [];

  private constructor(
    private readonly gateway: string,
    private readonly server: Server,
  ) {}

  static async open(gateway: string): Promise<ForgetfulLine> {
    const server = createServer();
    const line = new ForgetfulLine(gateway, server);
    server.on('request', (request, response) => void line.carry(request, response).catch(() => response.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${address instanceof Object ? address.port : 0}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const answer = await this.forward(request, body);
    if (request.method === 'POST' && request.url === '/v1/messages') {
      const wasAnswerLost = this.submissions.length === 0;
      this.submissions.push({
        idempotencyKey: String(request.headers['idempotency-key']),
        body: body.toString('utf8'),
        status: answer.status,
        answer: answer.body.toString('utf8'),
        wasAnswerLost,
      });
      if (wasAnswerLost) return void request.socket.destroy();
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  private forward(request: IncomingMessage, body: Buffer) {
    const { method, headers, url = '/' } = request;
    return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
      const target = ask(new URL(url, this.gateway), { method, headers }, (answer) => {
        buffer(answer).then(
          (body) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body }),
          reject,
        );
      });
      target.once('error', reject).end(body);
    });
  }
}
