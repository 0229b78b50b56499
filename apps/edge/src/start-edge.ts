import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { StartupProblem } from '@causeway/platform';
import { privateServer, ProblemFilter, RpcProblemFilter } from '@causeway/platform/server';
import type { ProcessContext } from '@causeway/process-context';
import { EdgeModule } from './edge.module.js';
import type { Edge } from './open-edge.js';

const WEBHOOK_LIMIT_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 15_000;

export interface RunningEdge {
  readonly url: string;
  close(): Promise<void>;
}

export async function startEdge(process: ProcessContext, edge: Edge): Promise<RunningEdge> {
  const { config, events, tls } = process;
  const adapter = new FastifyAdapter({
    bodyLimit: WEBHOOK_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: false,
  });
  const options = { logger: false, abortOnError: false, bodyParser: false } as const;
  const app = await NestFactory.create<NestFastifyApplication>(EdgeModule.with({ process, edge }), adapter, options);
  app.useGlobalFilters(new ProblemFilter(events));
  // signatures are over the bytes as they came, so nothing parses them before the adapter
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app
    .connectMicroservice({ strategy: privateServer(config.edgeRpcListen, tls) })
    .useGlobalFilters(new RpcProblemFilter(events));
  await app.startAllMicroservices();
  try {
    await app.listen(config.edgeHttpPort, config.edgeHttpHost);
  } catch (error) {
    await app.close();
    if (error instanceof Object && 'code' in error && error.code === 'EADDRINUSE') {
      throw new StartupProblem(
        `Port ${config.edgeHttpPort} is in use.`,
        'Stop what uses it, or choose another with CAUSEWAY_EDGE_HTTP_PORT.',
      );
    }
    throw error;
  }
  return { url: await app.getUrl(), close: () => app.close() };
}
