import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

interface Held {
  readonly method: string;
  readonly path: string;
  readonly reached: () => void;
  readonly released: Promise<void>;
}

/** A call that stopped on its way. */
export interface Hold {
  readonly reached: Promise<void>;
  /** Lets it go on; without this it never arrives at the gateway. */
  release(): void;
}

/** Stands between a device that polls and its gateway. Passes every call on, and holds those a test asks it to. */
export class GatewayBetween {
  private readonly holds: Held[] = [];

  private constructor(
    private readonly gateway: string,
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(gateway: string): Promise<GatewayBetween> {
    const server = createServer(
      (request, response) => void between.pass(request, response).catch(() => response.destroy()),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const between = new GatewayBetween(gateway, server, `http://127.0.0.1:${address.port}`);
    return between;
  }

  /** The next call of this kind stops here. */
  hold(method: string, path: string): Hold {
    const [reached, released] = [signal(), signal()];
    this.holds.push({ method, path, reached: reached.give, released: released.given });
    return { reached: reached.given, release: released.give };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const body = await bodyOf(request);
    const index = this.holds.findIndex((hold) => hold.method === method && url.startsWith(hold.path));
    const [held] = index < 0 ? [] : this.holds.splice(index, 1);
    if (held) {
      held.reached();
      await held.released;
    }
    const answer = await fetch(new URL(url, this.gateway), {
      method,
      headers: headersOf(request),
      ...(body.length === 0 ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const PASSED_ON = ['content-type', 'authorization', 'idempotency-key'] as const;

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(PASSED_ON.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));
