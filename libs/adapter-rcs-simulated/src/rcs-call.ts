import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Clock } from '@causeway/platform';

/** One call of the network's API. */
export interface RcsCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly accessToken: string;
  readonly body?: unknown;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Infinity for questions that change nothing. */
  readonly callBeforeMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Reading ends past it. */
  readonly limitBytes?: number;
}

/** What became of a call; it never rejects. */
export type RcsAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly content: Buffer;
      readonly contentType: string;
      /** `undefined` when the answer is no JSON. */
      readonly json: unknown;
      readonly retryAfterMs: number | undefined;
      /** From `Cache-Control: max-age`; 0 where it says nothing. */
      readonly maxAgeMs: number;
    }
  /** `wroteBytes`: could the network have it? */
  | { readonly kind: 'no-answer'; readonly wroteBytes: boolean; readonly isTooLarge: boolean };

const LARGEST_ANSWER_BYTES = 2 ** 20;

/**
 * Makes exactly one request. It is held back until the connection stands, checked against `callBeforeMs` and `signal`, and only then
 * written: before that nothing was sent, after it anything may have been. A connection of its own each, as one that is reused may be
 * closing at the other end, which would make a plain refusal look like an unknown outcome.
 */
export function callRcs(call: RcsCall): Promise<RcsAnswer> {
  const { url, clock, signal } = call;
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  let wroteBytes = false;
  let isTooLarge = false;
  return new Promise((resolve) => {
    const open = url.protocol === 'http:' ? requestHttp : requestHttps;
    const request = open(url, {
      method: call.method,
      agent: false,
      headers: {
        authorization: `Bearer ${call.accessToken}`,
        accept: 'application/json',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    const timer = setTimeout(() => request.destroy(), call.timeoutMs);
    const abort = (): void => void request.destroy();
    const settle = (answer: RcsAnswer): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve(answer);
    };
    const fail = (): void => settle({ kind: 'no-answer', wroteBytes, isTooLarge });
    signal?.addEventListener('abort', abort, { once: true });
    request.once('error', fail);
    request.once('close', fail);
    request.once('response', (response) => {
      void read(response, call.limitBytes ?? LARGEST_ANSWER_BYTES).then((content) => {
        if (content instanceof Buffer) settle(answered(response, content));
        else {
          isTooLarge = content === 'too-large';
          request.destroy();
          fail();
        }
      });
    });
    whenConnected(request, url, () => {
      if (signal?.aborted || clock.nowMs() >= call.callBeforeMs) {
        request.destroy();
        return;
      }
      wroteBytes = true;
      request.end(body);
    });
  });
}

function whenConnected(request: ClientRequest, url: URL, act: () => void): void {
  request.once('socket', (socket) => {
    const isReady = socket instanceof TLSSocket ? false : !socket.connecting;
    if (isReady) act();
    else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', act);
  });
}

async function read(response: IncomingMessage, limitBytes: number): Promise<Buffer | 'too-large' | 'cut-off'> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response) {
      if (!(chunk instanceof Buffer)) return 'cut-off';
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'cut-off';
  }
  return response.complete ? Buffer.concat(chunks) : 'cut-off';
}

function answered({ statusCode = 0, headers }: IncomingMessage, content: Buffer): RcsAnswer {
  const seconds = Number(headers['retry-after']);
  const maxAge = /(?:^|[\s,])max-age=(\d{1,8})/.exec(headers['cache-control'] ?? '')?.[1];
  return {
    kind: 'answered',
    status: statusCode,
    content,
    contentType: (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '',
    json: parsed(content),
    retryAfterMs: seconds > 0 ? seconds * 1_000 : undefined,
    maxAgeMs: Number(maxAge ?? '0') * 1_000,
  };
}

function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return undefined;
  }
}
