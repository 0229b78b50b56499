import { CausewayError } from '@causeway/message-model';
import type { FastifyInstance } from 'fastify';

interface Route {
  readonly methods: readonly string[];
  readonly path: RegExp;
}

/**
 * Answers 405 with `Allow` where a path exists and its method does not (RFC 9110, section 15.5.6); the framework alone answers 404. Call
 * before the routes are made.
 */
export function refuseWrongMethods(fastify: FastifyInstance): void {
  const routes: Route[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    if (!url.includes('*')) routes.push({ methods: [method].flat(), path: patternOf(url) });
  });
  fastify.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const [path = ''] = request.url.split('?');
    const allowed = routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    if (allowed.length === 0) return;
    void reply.header('allow', [...new Set(allowed)].join(', '));
    throw new CausewayError('method-not-allowed');
  });
}

/** `/v1/messages/:id` as an expression; what is not a parameter is letters, digits, dots, hyphens and slashes. */
const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:[^/]+/g, '[^/]+')}/?$`);
