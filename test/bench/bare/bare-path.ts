import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import pg from 'pg';
import { BareQueue } from './bare-queue.js';
import type { StoreUrls } from './store-urls.js';

interface Waiting {
  readonly body: string;
  readonly answer: (status: number) => void;
}

const MAX_BATCH = 100;
const MAX_UNDER_WAY = 2;

/**
 * The least that takes a message durably and queues it: plain HTTP, one insert for all that arrived meanwhile, committed, one wake each in
 * one bulk add, an answer, and a worker that does the empty jobs. No check of anything, no inbox, no push, no acknowledgement, no receipt.
 */
export class BarePath {
  private waiting: Waiting[] = [];
  private underWay = 0;

  private constructor(
    private readonly pool: pg.Pool,
    private readonly queue: BareQueue,
    private readonly worker: { close(): Promise<void> },
    private readonly server: Server,
  ) {
    server.on('request', (request, response) => void this.take(request, response));
  }

  static async open(stores: StoreUrls): Promise<BarePath> {
    const pool = new pg.Pool({ connectionString: stores.databaseUrl, max: MAX_UNDER_WAY });
    await pool.query('CREATE TABLE IF NOT EXISTS bare_message (id text PRIMARY KEY, body jsonb NOT NULL)');
    const queue = await BareQueue.open(stores, '{bare-path}');
    const worker = queue.work(async () => undefined);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new BarePath(pool, queue, worker, server);
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.worker.close();
    await this.queue.close();
    await this.pool.end();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const answer = (status: number): void => void response.writeHead(status).end('{}');
    this.waiting.push({ body: Buffer.concat(chunks).toString('utf8'), answer });
    if (this.waiting.length === 1) setImmediate(() => void this.next());
  }

  private async next(): Promise<void> {
    if (this.waiting.length === 0 || this.underWay >= MAX_UNDER_WAY) return;
    const batch = this.waiting.splice(0, MAX_BATCH);
    this.underWay += 1;
    void this.next();
    try {
      const messages: unknown[] = batch.map(({ body }): unknown => JSON.parse(body));
      await this.pool.query({
        name: 'accept',
        text: `INSERT INTO bare_message SELECT m->>'messageId', m FROM jsonb_array_elements($1::jsonb) AS t(m) ON CONFLICT DO NOTHING`,
        values: [JSON.stringify(messages)],
      });
      await this.queue.addBulk(batch.length);
      for (const { answer } of batch) answer(202);
    } catch {
      // the generator counts what was refused
      for (const { answer } of batch) answer(500);
    }
    this.underWay -= 1;
    void this.next();
  }
}
