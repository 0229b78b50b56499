import { once } from 'node:events';
import { createServer } from 'node:http';

/** One call as it went over the wire to Twilio's API. */
export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
}

/** A server between adapter and simulator that writes down every call and passes it on unchanged. */
export async function recordCalls(upstream: string) {
  const calls: RecordedCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      await once(request, 'end');
      const body = Buffer.concat(chunks);
      const url = new URL(request.url ?? '/', upstream);
      const method = request.method ?? 'GET';
      calls.push({ method, path: url.pathname, query: url.searchParams, form: new URLSearchParams(body.toString()) });
      const { authorization = '', 'content-type': contentType = '' } = request.headers;
      const answer = await fetch(url, {
        method,
        redirect: 'manual',
        headers: { authorization, ...(contentType === '' ? {} : { 'content-type': contentType }) },
        ...(body.length === 0 ? {} : { body }),
      });
      const location = answer.headers.get('location');
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/json',
        ...(location === null ? {} : { location }),
      });
      response.end(Buffer.from(await answer.arrayBuffer()));
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The recorder has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
