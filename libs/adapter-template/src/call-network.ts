import type { Attempt } from '@causeway/network-adapter';
import type { Clock, Secret } from '@causeway/platform';
import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';

/** One call: what to ask, and until when. */
export interface NetworkCall {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly apiKey: Secret;
  readonly content?: object;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Of a call that sends. Questions that change nothing have none. */
  readonly attempt?: Attempt;
}

/** What came back, or that nothing did; `wroteBytes` decides between not-sent and maybe-sent. */
export type NetworkAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly content: unknown; readonly retryAfterMs?: number }
  | { readonly kind: 'no-answer'; readonly wroteBytes: boolean };

/**
 * Exactly one call, on a connection of its own: one that is kept open may be closing at the other end, which would make a plain refusal
 * look like an unknown outcome. The request is held back until the connection stands, so that "no byte left" is known and not guessed.
 */
export function callNetwork({ url, method, apiKey, content, ...call }: NetworkCall): Promise<NetworkAnswer> {
  return new Promise((resolve) => {
    let wroteBytes = false;
    const body = content === undefined ? undefined : JSON.stringify(content);
    const open = url.protocol === 'http:' ? requestHttp : requestHttps;
    const request = open(url, {
      method,
      agent: false,
      headers: {
        authorization: `Bearer ${apiKey.reveal()}`,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    const stop = (): void => void request.destroy();
    const timer = setTimeout(stop, call.timeoutMs);
    call.attempt?.signal.addEventListener('abort', stop, { once: true });
    request.once('socket', (socket) => {
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
        const { attempt, clock } = call;
        if (attempt && (attempt.signal.aborted || clock.nowMs() >= attempt.callBeforeMs)) return stop();
        wroteBytes = true;
        request.end(body);
      });
    });
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      const seconds = Number(response.headers['retry-after']);
      once(response, 'end').then(
        () =>
          resolve({
            kind: 'answer',
            status: response.statusCode ?? 0,
            content: parseJson(Buffer.concat(chunks).toString('utf8')),
            ...(seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {}),
          }),
        () => resolve({ kind: 'no-answer', wroteBytes }),
      );
    });
    // what an error says may quote the request: only that there was one is kept
    request.once('error', () => resolve({ kind: 'no-answer', wroteBytes }));
    request.once('close', () => {
      clearTimeout(timer);
      call.attempt?.signal.removeEventListener('abort', stop);
      resolve({ kind: 'no-answer', wroteBytes });
    });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
