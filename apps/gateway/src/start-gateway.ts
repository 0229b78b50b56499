import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MAX_BODY_BYTES, toWireJson } from '@causeway/api-contract';
import { StartupProblem, type Secret } from '@causeway/platform';
import { privateServer, ProblemFilter, requestValidation, RpcProblemFilter } from '@causeway/platform/server';
import type { ProcessContext } from '@causeway/process-context';
import type { DeviceWaker } from '@causeway/message-flow';
import type { FastifyReply } from 'fastify';
import { TOKEN_REQUEST_BYTES, TOKEN_REQUEST_MEDIA_TYPE } from '@causeway/privacy-pass';
import { openChallengeKeys } from './challenge-keys.js';
import { DeviceSockets } from './device-sockets.js';
import { EveryGateway } from './every-gateway.js';
import { GatewayModule } from './gateway.module.js';
import { measureRequests } from './measure-requests.js';
import { serveOpenApi } from './openapi.js';
import { SocketSubmissions } from './socket-submissions.js';
import { refuseWrongMethods } from './wrong-method.js';

/** A client that dribbles its request is let go, milliseconds. */
const REQUEST_TIMEOUT_MS = 15_000;

export interface RunningGateway {
  readonly url: string;
  /** For a worker in the same process. */
  readonly devices: DeviceWaker;
  close(): Promise<void>;
}

/** Opens the doors: REST and sockets for devices, a private one for our own processes. */
export async function startGateway(input: {
  readonly context: ProcessContext;
  readonly operatorToken: Secret;
}): Promise<RunningGateway> {
  const { config, events, metrics, tls } = input.context;
  await ensureTenant(input.context);
  const problems = new ProblemFilter(events);
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: false,
    frameworkErrors: (thrown: unknown, _request: unknown, reply: FastifyReply) => problems.answer(thrown, reply),
  });
  // Nest's own parsers would take forms as well; JSON is what the contract speaks
  const options = { logger: false, abortOnError: false, bodyParser: false } as const;
  const challengeKeys = await openChallengeKeys(config);
  const module = GatewayModule.with({ ...input, challengeKeys });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, options);
  app.useGlobalPipes(requestValidation());
  app.useGlobalFilters(problems);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.setReplySerializer(toWireJson);
  fastify.removeContentTypeParser('text/plain');
  const asBytes = { parseAs: 'buffer', bodyLimit: TOKEN_REQUEST_BYTES } as const;
  fastify.addContentTypeParser(TOKEN_REQUEST_MEDIA_TYPE, asBytes, (_request, body, done) => done(null, body));
  measureRequests(fastify, metrics);
  refuseWrongMethods(fastify);
  serveOpenApi(app);
  app
    .connectMicroservice({ strategy: privateServer(config.gatewayRpcListen, tls) })
    .useGlobalFilters(new RpcProblemFilter(events));
  const sockets = app.get(DeviceSockets);
  sockets.attach(app.getHttpServer(), app.get(SocketSubmissions));
  await app.startAllMicroservices();
  await listen(app, config);
  return { url: await app.getUrl(), devices: app.get(EveryGateway), close: () => app.close() };
}

async function ensureTenant({ config, stores, clock }: ProcessContext): Promise<void> {
  const { tenant: id, nativeHost, otherNativeHosts: otherHosts, region, registration } = config;
  if (await stores.tenants.ensure({ id, nativeHost, otherHosts, region, registration }, clock.now())) return;
  throw new StartupProblem(
    `The tenant ${id} lives in another region than ${region}, or one of its hosts is another tenant’s.`,
    'A home region never changes and a host is one tenant’s: set CAUSEWAY_REGION and CAUSEWAY_OTHER_NATIVE_HOSTS back.',
  );
}

async function listen(app: NestFastifyApplication, { httpHost, httpPort }: ProcessContext['config']): Promise<void> {
  try {
    await app.listen(httpPort, httpHost);
  } catch (error) {
    await app.close();
    if (error instanceof Object && 'code' in error && error.code === 'EADDRINUSE') {
      throw new StartupProblem(
        `Port ${httpPort} is in use.`,
        'Stop what uses it, or choose another with CAUSEWAY_HTTP_PORT.',
      );
    }
    throw error;
  }
}
