import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/**
 * What an operator has before several edges: each webhook goes to the next of them, and to another when that one does not listen. Whatever
 * an edge answers, a 503 too, is the answer: nothing is repeated on the carrier's behalf.
 */
export class EdgeBalancer {
  /** Answers of each edge, in the order of the ports. */
  readonly answered: number[];
  #next = 0;

  private constructor(
    private readonly server: Server,
    private readonly ports: readonly number[],
  ) {
    this.answered = ports.map(() => 0);
  }

  static async listen(port: number, ports: readonly number[]): Promise<EdgeBalancer> {
    const server = createServer();
    const balancer = new EdgeBalancer(server, ports);
    server.on('request', (incoming, outgoing) => void balancer.#pass(incoming, outgoing));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return balancer;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(incoming, 'end');
    const body = Buffer.concat(chunks);
    for (let tries = 0; tries < this.ports.length; tries += 1) {
      const index = this.#next++ % this.ports.length;
      if (await this.#passTo(index, incoming, body, outgoing)) return;
    }
    outgoing.writeHead(502).end();
  }

  /** False when nobody listens there, or it died with the request. */
  #passTo(index: number, incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): Promise<boolean> {
    const { method = 'POST', url: path = '/', headers } = incoming;
    return new Promise((resolve) => {
      const passed = request({ host: '127.0.0.1', port: this.ports[index], method, path, headers, agent: false });
      passed.once('error', () => resolve(false));
      passed.once('response', (answer) => {
        this.answered[index] = (this.answered[index] ?? 0) + 1;
        outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? '' });
        answer.pipe(outgoing);
        resolve(true);
      });
      passed.end(body);
    });
  }
}
