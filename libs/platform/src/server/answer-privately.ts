import { catchError, from, type Observable } from 'rxjs';
import type { Events } from './events.js';
import { privateServer } from './private-server.js';
import type { RpcAddress } from '../rpc-address.js';
import { RpcProblemFilter } from './rpc-problem-filter.js';
import type { TlsIdentity } from '../tls-files.js';

/** Answers one question; JSON for JSON. */
export type Answerer = (question: unknown) => Promise<unknown>;

/**
 * Opens a private door outside of a Nest application: for one that opens and closes while the process lives. Rejects when it cannot listen.
 * Errors go to the asker as from any other private door.
 */
export async function answerPrivately(
  where: { readonly address: RpcAddress; readonly tls: TlsIdentity | undefined },
  answerers: Readonly<Record<string, Answerer>>,
  events: Events,
): Promise<{ close(): Promise<void> }> {
  const server = privateServer(where.address, where.tls);
  const filter = new RpcProblemFilter(events);
  for (const [pattern, answer] of Object.entries(answerers)) {
    server.addHandler(pattern, async (question: unknown): Promise<Observable<unknown>> =>
      from(answer(question)).pipe(catchError((thrown: unknown) => filter.catch(thrown))),
    );
  }
  await new Promise<void>((resolve, reject) => {
    server.listen((error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('a private door did not open', { cause: error }));
    });
  });
  return { close: async () => server.close() };
}
