import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { FaultScript } from './control/fault-script.js';
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

/**
 * Starts the pretend carriers in this process. Rejects when the port is taken. Every answer carries
 * `X-Simulated: true`.
 */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const adapter = new FastifyAdapter({ forceCloseConnections: true, bodyLimit: 65_536 });
  const app = await NestFactory.create<NestFastifyApplication>(SimulatorModule.with(options), adapter, {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  adapter.getInstance().addHook('onSend', async (_request, reply) => {
    reply.header('x-simulated', 'true');
  });
  try {
    await app.listen(options.port, options.host ?? '127.0.0.1');
  } catch (failure) {
    await app.close();
    throw failure;
  }
  for (const { afterMs, ...fault } of options.faults ?? [])
    app.get(Timers).after(afterMs, () => app.get(FaultScript).add(fault));
  return {
    url: await app.getUrl(),
    async close() {
      app.get(Timers).close();
      app.get(Holds).release('drop');
      await app.get(Webhooks).close();
      await app.close();
    },
  };
}
