import { gracefulShutdown, loadConfig } from '@causeway/platform';
import { closeProcess, openProcess, RemoteDeviceWaker, runProcess } from '@causeway/process-context';
import { openEdge } from './open-edge.js';
import { startEdge } from './start-edge.js';

await runProcess('edge', async (env) => {
  const config = loadConfig(env);
  const context = await openProcess({ name: 'edge', config, databaseUrl: config.databaseUrl });
  const devices = new RemoteDeviceWaker(config, context.tls, context.log);
  const edge = await openEdge(context, devices);
  const running = await startEdge(context, edge);
  gracefulShutdown({
    log: context.log,
    limitSeconds: config.shutdownSeconds,
    steps: [
      { name: 'queue', run: () => context.queue.close() },
      { name: 'edge', run: () => running.close() },
      { name: 'keys', run: () => edge.close() },
      { name: 'process', run: () => closeProcess(context) },
    ],
  });
  context.events.processStarted({ address: running.url, version: '1' });
  process.send?.({ ready: running.url });
});
