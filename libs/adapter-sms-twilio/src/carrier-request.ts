import { once } from 'node:events';
import { rootFor } from './twilio-hosts.js';
import type { Clock } from '@causeway/platform';
import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';
import twilio from 'twilio';
import type response from 'twilio/lib/http/response.js';

/** Rules of one call. */
export interface CallRules {
  readonly apiUrl: string | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Infinity for questions that change nothing. */
  readonly callBeforeMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The call ended without an answer; whether bytes left is on the request. Carries nothing of request or answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** A connection nobody uses for this long is closed, milliseconds: before the other end does, so that few questions meet a closing one. */
const IDLE_MS = 2_000;
/** TLS sessions are resumed by both; a handshake costs more than the call. */
const AGENTS = {
  'http:': { once: new HttpAgent(), kept: new HttpAgent({ keepAlive: true, timeout: IDLE_MS, maxSockets: 32 }) },
  'https:': { once: new HttpsAgent(), kept: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS, maxSockets: 32 }) },
} as const;

const agentFor = ({ protocol }: URL, callBeforeMs: number): HttpAgent => {
  const agents = AGENTS[protocol === 'http:' ? 'http:' : 'https:'];
  return callBeforeMs === Number.POSITIVE_INFINITY ? agents.kept : agents.once;
};

type Options = Parameters<twilio.RequestClient['request']>[0];

/**
 * The transport of exactly one call of the SDK. The SDK's own client cannot say whether a request left this machine and
 * retries what we must not; here the request is held back until the connection stands, checked, and only then written.
 * One connection per call that sends something: a reused one may be closing at the other end, which would make a plain
 * refusal look like an unknown outcome. Questions, and what may be asked for twice, share connections.
 */
export class CarrierRequest extends twilio.RequestClient {
  /** True from the moment before the first byte of the request may have left. */
  wroteBytes = false;
  /** Milliseconds the answer asked us to wait, from `Retry-After` in seconds. */
  retryAfterMs: number | undefined;
  /** Milliseconds since the epoch by the other end's clock, from `Date`. */
  answeredAtMs: number | undefined;

  constructor(private readonly rules: CallRules) {
    super();
  }

  override request<Body>(options: Options): Promise<response.default<Body>> {
    const { rules } = this;
    const url = addressOf(options, rules.apiUrl);
    const form = formOf(options.data);
    return new Promise((resolve, reject) => {
      const open = url.protocol === 'http:' ? requestHttp : requestHttps;
      const call = open(url, {
        method: options.method.toUpperCase(),
        agent: agentFor(url, rules.callBeforeMs),
        headers: {
          ...options.headers,
          authorization: `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`,
          ...(form === undefined ? {} : { 'content-length': Buffer.byteLength(form) }),
        },
      });
      let isAnswered = false;
      const timer = setTimeout(() => call.destroy(new NoAnswer('timeout')), rules.timeoutMs);
      const abort = (): void => void call.destroy(new NoAnswer('aborted'));
      rules.signal?.addEventListener('abort', abort, { once: true });
      call.once('close', () => {
        clearTimeout(timer);
        rules.signal?.removeEventListener('abort', abort);
        if (!isAnswered) reject(new NoAnswer('closed'));
      });
      call.once('error', () => reject(new NoAnswer('connection')));
      call.once('response', (response) => {
        isAnswered = true;
        const seconds = Number(response.headers['retry-after']);
        if (seconds > 0) this.retryAfterMs = seconds * 1_000;
        const answeredAtMs = Date.parse(response.headers.date ?? '');
        if (!Number.isNaN(answeredAtMs)) this.answeredAtMs = answeredAtMs;
        void readAnswer<Body>(response).then(resolve, () => reject(new NoAnswer('cut off')));
      });
      whenConnected(call, url, () => {
        if (rules.signal?.aborted || rules.clock.nowMs() >= rules.callBeforeMs) {
          call.destroy(new NoAnswer('too late'));
          return;
        }
        this.wroteBytes = true;
        call.end(form);
      });
    });
  }
}

function whenConnected(call: ClientRequest, url: URL, act: () => void): void {
  call.once('socket', (socket) => {
    const isReady = call.reusedSocket || (socket instanceof TLSSocket ? false : !socket.connecting);
    if (isReady) act();
    else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', act);
  });
}

async function readAnswer<Body>(response: IncomingMessage): Promise<response.default<Body>> {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(response, 'end');
  const statusCode = response.statusCode ?? 0;
  const body = parseJson<Body>(Buffer.concat(chunks).toString('utf8'));
  return { statusCode, body, headers: response.headers, toString: () => `HTTP ${statusCode}` };
}

/** `null` for what is no JSON: of an error the SDK then knows the status alone, of a success it makes nothing. */
function parseJson<Body>(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return null as Body;
  }
}

/** The SDK builds its address for api.twilio.com; another server takes over origin and prefix. */
function addressOf(options: Options, apiUrl: string | undefined): URL {
  const given = new URL(options.uri);
  for (const [name, value] of Object.entries(options.params ?? {})) given.searchParams.append(name, String(value));
  if (apiUrl === undefined) return given;
  const other = new URL(`${rootFor(given.hostname, apiUrl).replace(/\/+$/, '')}${given.pathname}`);
  other.search = given.search;
  return other;
}

function formOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(data))
    for (const each of Array.isArray(value) ? value : [value]) form.append(name, String(each));
  return form.toString();
}
