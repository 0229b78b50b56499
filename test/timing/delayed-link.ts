import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A TCP link to the gateway on which every request waits `delayMs` first, as exactly as this process can: the planted difference, and with 0
 * the way that all other questions take, so that nothing else tells the two apart.
 */
export class DelayedLink {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async to(gatewayUrl: string, delayMs: number): Promise<DelayedLink> {
    const { hostname, port } = new URL(gatewayUrl);
    const link: DelayedLink = new DelayedLink(
      createServer((near) => link.join(near, connect({ host: hostname, port: Number(port), noDelay: true }), delayMs)),
    );
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    return link;
  }

  get port(): number {
    const address: AddressInfo | string | null = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the link does not listen');
    return address.port;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private join(near: Socket, far: Socket, delayMs: number): void {
    near.setNoDelay(true);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('close', () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    near.on('data', (bytes) => {
      waitFor(delayMs);
      far.write(bytes);
    });
    far.on('data', (bytes) => near.write(bytes));
  }
}

/** A timer would be late by up to a millisecond. */
function waitFor(delayMs: number): void {
  const endMs = performance.now() + delayMs;
  while (performance.now() < endMs);
}
