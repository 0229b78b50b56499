import type { Metrics } from '@causeway/platform/server';
import type { FastifyInstance } from 'fastify';

/** Counts and times every answer by the pattern of its route: a URL may carry what a person typed, a pattern does not. */
export function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.increment('causeway_http_requests_total', {
      method: request.method,
      route,
      status: String(reply.statusCode),
    });
    metrics.observe('causeway_http_request_seconds', { route }, reply.elapsedTime / 1000);
    done();
  });
}
