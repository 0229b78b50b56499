import { gracefulShutdown, loadConfig, operatorToken, runProcess } from '@causeway/platform';
import { closeProcess, openProcess } from '@causeway/process-context';
import { startGateway } from './start-gateway.js';

await runProcess('gateway', async (env) => {
  const config = loadConfig(env);
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
});
