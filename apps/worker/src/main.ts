import { loadConfig, runProcess } from '@causeway/platform';

await runProcess('worker', async (env) => {
  const config = loadConfig(env);
  // settings that are wrong are told of before the rest is loaded
  const { runWorker } = await import('./run-worker.js');
  await runWorker(config);
});
