import { gracefulShutdown, operatorToken, type Config } from '@causeway/platform';
import { closeProcess, openProcess } from '@causeway/process-context';
import { startGateway } from './start-gateway.js';

/** Opens the gateway, says that it is ready, and ends it in order when it is told to. */
export async function runGateway(config: Config): Promise<void> {
  const context = await openProcess({ name: 'gateway', config, databaseUrl: config.databaseUrl });
  const gateway = await startGateway({ context, operatorToken: await operatorToken(config) });
  gracefulShutdown({
    log: context.log,
    limitSeconds: config.shutdownSeconds,
    steps: [
      { name: 'gateway', run: () => gateway.close() },
      { name: 'process', run: () => closeProcess(context) },
    ],
  });
  context.events.processStarted({ address: gateway.url, version: '1' });
  process.send?.({ ready: true });
}
