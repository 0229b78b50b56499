import { Socket } from 'node:net';
import { CausewayError, PROBLEMS, type ProblemCode } from '@causeway/message-model';
import { ClientTCP, JsonSocket } from '@nestjs/microservices';
import { firstValueFrom, timeout, TimeoutError } from 'rxjs';
import { z } from 'zod';
import { RPC_LIMIT_CHARACTERS, identityFor } from './private-server.js';
import type { RpcAddress } from '../rpc-address.js';
import type { TlsIdentity } from '../tls-files.js';

/** Asks another process of ours over its socket or over mutual TLS. Connects at the first question, and again after a loss. */
export class PrivateClient {
  readonly #proxy: ClientTCP;
  #answeredAtMs = -Infinity;

  constructor(address: RpcAddress, tls: TlsIdentity | undefined) {
    this.#proxy = address.kind === 'socket' ? new SocketClient(address.path) : tlsClient(address, identityFor(tls));
  }

  /**
   * `question` and the answer are JSON. A refusal of the other side comes back as its `CausewayError`; silence, a lost
   * connection or a bug over there as `unavailable`. A question may have been acted upon even so: ask idempotently.
   */
  async ask(pattern: string, question: unknown, options: { readonly timeoutMs: number }): Promise<unknown> {
    const askedAtMs = performance.now();
    try {
      const answer = await firstValueFrom(
        this.#proxy.send<unknown>(pattern, question).pipe(timeout(options.timeoutMs)),
      );
      this.#answeredAtMs = performance.now();
      return answer;
    } catch (thrown) {
      this.#noticeSilence(thrown, askedAtMs);
      throw refusalIn(thrown) ?? new CausewayError('unavailable');
    }
  }

  /**
   * A connection whose other end vanished without a word takes questions for ever. One on which nothing came back in the time of a whole
   * question is given up, with what else was asked on it; the next question makes another.
   */
  #noticeSilence(thrown: unknown, askedAtMs: number): void {
    if (!(thrown instanceof TimeoutError)) this.#answeredAtMs = performance.now();
    else if (this.#answeredAtMs < askedAtMs) this.#proxy.close();
  }

  close(): void {
    this.#proxy.close();
  }
}

const refusal = z.object({
  problem: z.string().refine((code): code is ProblemCode => code in PROBLEMS),
  detail: z.string().optional(),
  pointer: z.string().optional(),
  extensions: z.record(z.string(), z.unknown()).optional(),
});

/** The form in which `RpcProblemFilter` sends a refusal. */
function refusalIn(thrown: unknown): CausewayError | undefined {
  const parsed = refusal.safeParse(thrown);
  if (!parsed.success) return undefined;
  const { problem, detail, pointer, extensions } = parsed.data;
  return new CausewayError(problem, {
    ...(detail === undefined ? {} : { detail }),
    ...(pointer === undefined ? {} : { pointer }),
    ...(extensions === undefined ? {} : { extensions }),
  });
}

function tlsClient(address: RpcAddress & { readonly kind: 'tls' }, identity: TlsIdentity): ClientTCP {
  const tlsOptions = { ...identity, servername: address.host, minVersion: 'TLSv1.3' as const };
  return new QuietClient({ host: address.host, port: address.port, tlsOptions, maxBufferSize: RPC_LIMIT_CHARACTERS });
}

/** Nest would print a lost connection to standard output, as text; whoever asks is told of it anyway. */
class QuietClient extends ClientTCP {
  override handleError(): void {}
}

class SocketClient extends QuietClient {
  constructor(private readonly path: string) {
    super({});
  }

  override createSocket(): JsonSocket {
    return new JsonSocket(new PathSocket(this.path), { maxBufferSize: RPC_LIMIT_CHARACTERS });
  }
}

/** Nest connects with a port and a host; this goes to its path whatever it is given. */
class PathSocket extends Socket {
  constructor(private readonly path: string) {
    super();
  }

  override connect(): this {
    return super.connect({ path: this.path });
  }
}
