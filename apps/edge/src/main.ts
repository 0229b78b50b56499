import { endWithParent, loadConfig, runProcess } from '@causeway/platform';

await runProcess('edge', async (env) => {
  endWithParent();
  const config = loadConfig(env);
  // settings that are wrong are told of before the rest is loaded
  const { runEdge } = await import('./run-edge.js');
  await runEdge(config);
});
