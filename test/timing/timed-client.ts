import { Agent, request } from 'node:http';
import { toWireJson } from '@causeway/api-contract';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body?: unknown;
  /** A body that is JSON already. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TimedAnswer {
  /** From before the first byte of the question until after the last of the answer. */
  readonly tookMs: number;
  readonly status: number;
  /** Names and values, in the order in which they came. */
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

/** Asks over one connection that stays open, one question after the other. */
export class TimedClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly port: number) {}

  ask({ method, path, token, headers, ...asked }: Asked): Promise<TimedAnswer> {
    const text = asked.text ?? (asked.body === undefined ? '' : toWireJson(asked.body));
    const sent = {
      authorization: `Bearer ${token}`,
      ...(text === '' ? {} : { 'content-type': 'application/json' }),
      'content-length': String(Buffer.byteLength(text)),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const startedMs = performance.now();
      const asking = request({ host: '127.0.0.1', port: this.port, method, path, agent: this.agent, headers: sent });
      asking.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const tookMs = performance.now() - startedMs;
          const raw = response.rawHeaders;
          const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
          const answered = Buffer.concat(pieces).toString('utf8');
          resolve({ tookMs, status: response.statusCode ?? 0, headers: pairs, text: answered });
        });
      });
      asking.on('error', reject);
      asking.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
