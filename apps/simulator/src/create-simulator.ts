import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { RcsFiles } from './rcs/rcs-files.js';
import { RcsWebhooks } from './rcs/rcs-webhooks.js';
import { AllFaults } from './control/all-faults.js';
import { Holds } from './control/holds.js';
import { SimulatorModule } from './simulator.module.js';
import type { SimulatorOptions } from './simulator-options.js';
import { Timers } from './sms/timers.js';
import { Webhooks } from './sms/webhooks.js';

/** A simulator that listens. */
export interface Simulator {
  /** Base URL without a trailing slash, for `TwilioSmsAdapter`'s `apiUrl` and for tests. */
  readonly url: string;
  /** Ends timers, webhooks in flight and open connections. */
  close(): Promise<void>;
}

/** A file that is uploaded, in Base64 too. */
const LARGEST_BODY_BYTES = 24 * 2 ** 20;
/** Files come as they are; the forms and JSON of everything else are read by Nest. */
const FILE_TYPES = /^(image|video|audio)\/|^application\/(pdf|octet-stream)$/;

/**
 * Starts the pretend carriers in this process. Rejects when the port is taken. Every answer carries
 * `X-Simulated: true`.
 */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const adapter = new FastifyAdapter({ forceCloseConnections: true, bodyLimit: LARGEST_BODY_BYTES });
  const app = await NestFactory.create<NestFastifyApplication>(SimulatorModule.with(options), adapter, {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  adapter.getInstance().addHook('onSend', async (_request, reply) => {
    reply.header('x-simulated', 'true');
  });
  adapter
    .getInstance()
    .addContentTypeParser(FILE_TYPES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  try {
    await app.listen(options.port, options.host ?? '127.0.0.1');
  } catch (failure) {
    await app.close();
    throw failure;
  }
  for (const { afterMs, fault } of options.faults ?? [])
    app.get(Timers).after(afterMs, () => app.get(AllFaults).add(fault));
  return {
    url: await app.getUrl(),
    async close() {
      app.get(Timers).close();
      app.get(RcsFiles).close();
      await app.get(RcsWebhooks).close();
      app.get(Holds).release('drop');
      await app.get(Webhooks).close();
      await app.close();
    },
  };
}
