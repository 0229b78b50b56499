import { createServer, type IncomingMessage } from 'node:http';
import { toWireJson } from '@causeway/api-contract';

export interface ScriptedCall {
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  readonly body: unknown;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Script = (call: ScriptedCall) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** An HTTP server that says what a test tells it to: it has no rules of its own, so it can also lie. */
export class ScriptedGateway {
  private constructor(
    readonly url: string,
    readonly close: () => Promise<void>,
    /** Everything asked so far, in order. */
    readonly calls: readonly ScriptedCall[],
  ) {}

  static async start(script: Script): Promise<ScriptedGateway> {
    const calls: ScriptedCall[] = [];
    const server = createServer((request, response) => {
      void (async () => {
        const call = await readCall(request);
        calls.push(call);
        const answer = await script(call);
        response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
        response.end(answer.body === undefined ? undefined : toWireJson(answer.body));
      })();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const close = (): Promise<void> =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    return new ScriptedGateway(`http://127.0.0.1:${address.port}`, close, calls);
  }
}

export const problem = (
  status: number,
  code: string,
  members: Record<string, unknown> = {},
  headers: Readonly<Record<string, string>> = {},
): ScriptedAnswer => ({
  status,
  headers,
  body: { type: `https://causeway.example/problems/${code}`, title: code, status, code, ...members },
});

async function readCall(request: IncomingMessage): Promise<ScriptedCall> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  const key = request.headers['idempotency-key'];
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    idempotencyKey: typeof key === 'string' ? key : undefined,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
