import { createServer } from 'node:http';
import { StartupProblem, type Config } from '@causeway/platform';
import { type Metrics } from '@causeway/platform/server';

/** A door for machines that watch. */
export interface MetricsDoor {
  /** `undefined` when none is configured. */
  readonly url: string | undefined;
  close(): Promise<void>;
}

const NO_DOOR: MetricsDoor = { url: undefined, close: async () => undefined };

/**
 * Serves `/metrics` and `/healthz` of a process that has no other door for them, where `CAUSEWAY_METRICS_PORT` says. There is nothing of a
 * person in the figures, but how much goes where: the address is a private one. Throws `StartupProblem` when the port is taken.
 */
export async function serveMetrics(
  metrics: Metrics,
  { metricsHost: host, metricsPort: port }: Pick<Config, 'metricsHost' | 'metricsPort'>,
): Promise<MetricsDoor> {
  if (port === undefined) return NO_DOOR;
  metrics.collectProcess();
  const server = createServer((request, response) => {
    if (request.method !== 'GET') return void response.writeHead(405).end();
    if (request.url === '/healthz') return void response.writeHead(200).end('ok\n');
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch((cause: unknown) => {
    throw new StartupProblem(
      `Figures cannot be served on ${host}:${port}.`,
      'Choose another CAUSEWAY_METRICS_PORT or CAUSEWAY_METRICS_HOST, or none.',
      { cause },
    );
  });
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host}:${taken}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
