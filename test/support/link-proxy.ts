import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer, type AddressInfo, type Server, type Socket, connect } from 'node:net';

/** What a chunk, or the end of a stream, waits for. */
interface Waiting {
  readonly bytes: Buffer | undefined;
  readonly dueMs: number;
}

/** One direction of one connection: what was read and not yet passed on, in order. */
class Flow {
  readonly waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly to: Socket,
    private readonly link: LinkProxy,
  ) {}

  take(bytes: Buffer | undefined): void {
    this.waiting.push({ bytes, dueMs: Date.now() + this.link.delayMs });
    this.pump();
  }

  pump(): void {
    clearTimeout(this.timer);
    while (!this.link.isStalled) {
      const [next] = this.waiting;
      if (!next) return;
      const leftMs = next.dueMs - Date.now();
      if (leftMs > 0) {
        this.timer = setTimeout(() => this.pump(), leftMs);
        return;
      }
      this.waiting.shift();
      if (this.to.destroyed) return;
      if (next.bytes) this.to.write(next.bytes);
      else this.to.end();
    }
  }
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  readonly out: Flow;
  readonly back: Flow;
  /** Half-open: nothing crosses any more, in either direction, and neither end is told. */
  isDead: boolean;
  /** Requests arrive, answers are lost. */
  isMute: boolean;
}

/** A port of the loopback address, or a Unix socket by its path. */
type Place = { readonly host: string; readonly port: number } | { readonly path: string };

const atPort = (port: number): Place => ({ host: '127.0.0.1', port });

/**
 * A link, TCP or a Unix socket, that can be made to fail while both its ends live: cut (connections reset, new ones refused), stalled (bytes wait), half-open
 * (the connections there are carry nothing for ever, new ones work), slow. `heal` ends cut, stall and latency.
 */
export class LinkProxy {
  isStalled = false;
  delayMs = 0;
  private isMute = false;
  private readonly pairs = new Set<Pair>();

  private constructor(
    private readonly server: Server,
    /** 0 for a Unix socket. */
    readonly port: number,
    private readonly places: { readonly own: Place; readonly target: Place },
  ) {
    server.on('connection', (near) => this.accept(near));
  }

  /** On the loopback address, to another port of it. */
  static async open(targetPort: number): Promise<LinkProxy> {
    const server = createServer({ allowHalfOpen: true });
    await listen(server, atPort(0));
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return new LinkProxy(server, address.port, { own: atPort(address.port), target: atPort(targetPort) });
  }

  /** From one Unix socket, which it makes, to another. */
  static async openSocket(path: string, targetPath: string): Promise<LinkProxy> {
    const server = createServer({ allowHalfOpen: true });
    await listen(server, { path });
    return new LinkProxy(server, 0, { own: { path }, target: { path: targetPath } });
  }

  get connections(): number {
    return this.pairs.size;
  }

  /** Nobody listens any more: a new connection is refused, which is how its maker knows that nothing was sent. */
  async cut(): Promise<void> {
    const closed = this.server.listening ? new Promise((resolve) => this.server.close(resolve)) : undefined;
    for (const pair of this.pairs) this.end(pair);
    await closed;
  }

  stall(): void {
    this.isStalled = true;
  }

  halfOpen(): void {
    for (const pair of this.pairs) pair.isDead = true;
  }

  slow(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** From now on what goes out arrives, and what would come back is lost. */
  mute(): void {
    this.isMute = true;
    for (const pair of this.pairs) pair.isMute = true;
  }

  /** Connections that lost something are cut: a stream cannot go on with a hole in it. */
  async heal(): Promise<void> {
    if (!this.server.listening) await listen(this.server, this.places.own);
    this.isMute = false;
    this.isStalled = false;
    this.delayMs = 0;
    for (const pair of this.pairs) {
      if (pair.isMute) this.end(pair);
      pair.out.pump();
      pair.back.pump();
    }
  }

  /** Whether bytes with these characters in them stand still on their way to the target. */
  holds(text: string): boolean {
    return [...this.pairs].some(({ out }) => out.waiting.some(({ bytes }) => bytes?.includes(text)));
  }

  async close(): Promise<void> {
    await this.cut();
  }

  private accept(near: Socket): void {
    near.on('error', () => undefined);
    const far = connect({ ...this.places.target, allowHalfOpen: true });
    far.on('error', () => undefined);
    const pair: Pair = {
      near,
      far,
      out: new Flow(far, this),
      back: new Flow(near, this),
      isDead: false,
      isMute: this.isMute,
    };
    this.pairs.add(pair);
    for (const socket of [near, far]) socket.setNoDelay(true);
    near.on('data', (bytes) => pair.isDead || pair.out.take(bytes));
    near.on('end', () => pair.isDead || pair.out.take(undefined));
    far.on('data', (bytes) => pair.isDead || pair.isMute || pair.back.take(bytes));
    far.on('end', () => pair.isDead || pair.back.take(undefined));
    near.on('close', () => this.lost(pair, far));
    far.on('close', () => this.lost(pair, near));
  }

  /** One end is gone: the other hears of it, unless nothing crosses. */
  private lost(pair: Pair, other: Socket): void {
    if (!pair.isDead) other.destroy();
    if (pair.near.destroyed && pair.far.destroyed) this.pairs.delete(pair);
  }

  private end(pair: Pair): void {
    for (const socket of [pair.near, pair.far]) {
      // a Unix socket knows no reset: its other end sees it closed
      if ('path' in this.places.own) socket.destroy();
      else socket.resetAndDestroy();
    }
    this.pairs.delete(pair);
  }
}

const LISTEN_TRIES = 50;

/** The port was ours a moment ago; somebody's outgoing connection may have it for a moment. */
async function listen(server: Server, place: Place): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    server.listen(place);
    try {
      await once(server, 'listening');
      return;
    } catch (thrown) {
      if (tries === LISTEN_TRIES) throw thrown;
      await pause(100);
    }
  }
}
