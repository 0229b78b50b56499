import { gracefulShutdown, type Config } from '@causeway/platform';
import { closeProcess, openProcess, RemoteDeviceWaker, serveMetrics } from '@causeway/process-context';
import { startWorker } from './start-worker.js';

/** Opens the worker, says that it is ready, and ends it in order when it is told to. */
export async function runWorker(config: Config): Promise<void> {
  const context = await openProcess({ name: 'worker', config, databaseUrl: config.databaseUrl });
  const devices = new RemoteDeviceWaker(config, context.tls, context.log);
  const figures = await serveMetrics(context.metrics, config);
  const worker = await startWorker({ context, devices });
  gracefulShutdown({
    log: context.log,
    limitSeconds: config.shutdownSeconds,
    steps: [
      { name: 'queue', run: () => context.queue.close() },
      { name: 'worker', run: () => worker.close() },
      { name: 'figures', run: () => figures.close() },
      { name: 'process', run: () => closeProcess(context) },
    ],
  });
  context.events.processStarted({ address: 'worker', version: '1' });
  process.send?.({ ready: true });
}
