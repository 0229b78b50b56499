import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { NetworkFault } from '@causeway/network-adapter/testing';

/** What fills inboxes, as it stands in the bytes on their way to the database. */
const FILLS = 'INSERT INTO transit.received';

/** The line between an adapter and its database, where answers can be held back, delayed or cut: the database itself is the real one. */
export class DatabaseLine {
  fills = 0;
  private fault: NetworkFault['kind'] | undefined;
  private delayMs = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    /** The address of the database, by this line. */
    readonly url: string,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async to(databaseUrl: string): Promise<DatabaseLine> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer((client) => line.join(client, connect(Number(port), hostname)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const line = new DatabaseLine(url.href, server);
    return line;
  }

  failNext({ kind }: NetworkFault): void {
    this.fault = kind;
  }

  delayNext(delayMs: number): void {
    this.delayMs = delayMs;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, database: Socket): void {
    let fault: NetworkFault['kind'] | undefined;
    let delayMs = 0;
    for (const socket of [client, database]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      if (bytes.includes(FILLS)) {
        this.fills += 1;
        [fault, delayMs] = [this.fault, this.delayMs];
        [this.fault, this.delayMs] = [undefined, 0];
      }
      database.write(bytes);
    });
    database.on('data', (bytes) => {
      // the statement was executed by now: what is lost is the answer
      if (fault === 'cut-off') client.destroy();
      if (fault !== undefined) return;
      setTimeout(() => client.write(bytes), delayMs);
      delayMs = 0;
    });
    client.on('close', () => database.end());
    database.on('close', () => client.end());
  }
}
