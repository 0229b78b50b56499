import { gracefulShutdown, type Config } from '@causeway/platform';
import { closeProcess, openProcess, RemoteDeviceWaker, serveMetrics } from '@causeway/process-context';
import { openEdge } from './open-edge.js';
import { startEdge } from './start-edge.js';

/** Opens the edge, says that it is ready, and ends it in order when it is told to. */
export async function runEdge(config: Config): Promise<void> {
  const context = await openProcess({ name: 'edge', config, databaseUrl: config.databaseUrl });
  const devices = new RemoteDeviceWaker(config, context.tls, context.log);
  const edge = await openEdge(context, devices);
  const figures = await serveMetrics(context.metrics, config);
  const running = await startEdge(context, edge);
  gracefulShutdown({
    log: context.log,
    limitSeconds: config.shutdownSeconds,
    steps: [
      // no carrier call begins any more, those under way end; then the lanes are free
      { name: 'lanes', run: () => (edge.dispatch.stop(), context.queue.close()) },
      { name: 'edge', run: () => running.close() },
      { name: 'keys', run: () => edge.close() },
      { name: 'figures', run: () => figures.close() },
      { name: 'process', run: () => closeProcess(context) },
    ],
  });
  context.events.processStarted({ address: running.url, version: '1' });
  process.send?.({ ready: running.url });
}
