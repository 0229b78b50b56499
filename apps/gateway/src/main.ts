import { loadConfig, runProcess } from '@causeway/platform';

await runProcess('gateway', async (env) => {
  const config = loadConfig(env);
  // settings that are wrong are told of before the rest is loaded
  const { runGateway } = await import('./run-gateway.js');
  await runGateway(config);
});
