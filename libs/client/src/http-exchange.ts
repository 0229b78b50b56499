import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
  readonly bytes: Uint8Array;
}

const http = new HttpAgent({ keepAlive: true });
const https = new HttpsAgent({ keepAlive: true });

/**
 * One request over a kept connection. Rejects when no whole answer came; a redirection is an answer like any other, and never
 * followed. `fetch` does the same at several times the processor time.
 */
export function exchange(wanted: HttpRequest): Promise<HttpAnswer> {
  const { url, method, headers, body, timeoutMs, signal } = wanted;
  const isSecure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = {
      method,
      headers: { ...headers, ...length },
      agent: isSecure ? https : http,
      ...(signal ? { signal } : {}),
    };
    const sent = isSecure ? requestHttps(url, options) : requestHttp(url, options);
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    sent.on('error', fail);
    sent.on('response', (response) => {
      readAll(response).then((bytes) => {
        clearTimeout(timer);
        const text = bytes.toString('utf8');
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text, bytes });
      }, fail);
    });
    sent.end(body);
  });
}

function readAll(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(Buffer.concat(chunks)));
    response.on('error', reject);
    response.on('close', () => reject(new Error('the connection ended within the answer')));
  });
}
