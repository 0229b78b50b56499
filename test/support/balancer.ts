import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/**
 * What an operator puts before several gateways: takes each connection to the next of them in turn, and to the one after when
 * that one does not take it. It does not look inside.
 */
export class Balancer {
  private next = 0;
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly ports: readonly number[],
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(ports: readonly number[]): Promise<Balancer> {
    const server = createServer((client) => balancer.pass(client, ports.length));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const balancer = new Balancer(ports, server, `http://127.0.0.1:${address.port}`);
    return balancer;
  }

  close(): void {
    for (const socket of this.open) socket.destroy();
    this.server.close();
  }

  private pass(client: Socket, tries: number): void {
    const port = this.ports[this.next++ % this.ports.length] ?? 0;
    const target = connect(port, '127.0.0.1');
    this.open.add(client).add(target);
    client.once('error', () => target.destroy()).once('close', () => this.open.delete(client));
    target.once('close', () => this.open.delete(target));
    let isConnected = false;
    target.once('connect', () => {
      isConnected = true;
      client.pipe(target).pipe(client);
      target.once('close', () => client.destroy());
      client.once('close', () => target.destroy());
    });
    target.on('error', () => {
      if (!isConnected && tries > 1) this.pass(client, tries - 1);
      else client.destroy();
    });
  }
}
