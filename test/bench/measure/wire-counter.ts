import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Bytes of a typed message before its body: its type and its length, which counts itself. */
const HEADER_BYTES = 5;
const [SIMPLE_QUERY, SYNC] = ['Q'.charCodeAt(0), 'S'.charCodeAt(0)];

/**
 * Counts the round trips in one direction of a PostgreSQL connection (protocol 3.0, message formats): a client waits for an answer after
 * each simple query and after each Sync, and after nothing else.
 */
export class RoundTripReader {
  trips = 0;
  private pending: Buffer = Buffer.alloc(0);
  private skip = 0;
  private isStarted = false;

  read(chunk: Buffer): void {
    let rest = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    this.pending = Buffer.alloc(0);
    while (rest.length > 0) {
      const taken = Math.min(this.skip, rest.length);
      this.skip -= taken;
      rest = rest.subarray(taken);
      if (this.skip > 0 || rest.length === 0) return;
      // the first message of a connection has no type
      const headerBytes = this.isStarted ? HEADER_BYTES : HEADER_BYTES - 1;
      if (rest.length < headerBytes) {
        this.pending = Buffer.from(rest);
        return;
      }
      if (this.isStarted && (rest[0] === SIMPLE_QUERY || rest[0] === SYNC)) this.trips += 1;
      this.skip = rest.readUInt32BE(this.isStarted ? 1 : 0) + (this.isStarted ? 1 : 0);
      this.isStarted = true;
    }
  }
}

/** A TCP proxy before a PostgreSQL server that counts the round trips of everybody who connects through it. */
export class WireCounter {
  private readonly readers: RoundTripReader[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(databaseUrl: string): Promise<WireCounter> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(databaseUrl);
    url.port = `${portOf(server.address())}`;
    const counter = new WireCounter(server, url.href);
    server.on('connection', (client) => counter.join(client, connect(Number(port), hostname)));
    return counter;
  }

  get trips(): number {
    return this.readers.reduce((total, reader) => total + reader.trips, 0);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, upstream: Socket): void {
    const reader = new RoundTripReader();
    this.readers.push(reader);
    client.on('data', (chunk: Buffer) => reader.read(chunk));
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
