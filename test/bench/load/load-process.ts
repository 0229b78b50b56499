import { NativeLoad, type LoadOrder } from './native-load.js';

/** The load generator, in a process of its own so that its processor time is its own. Gets its order, says `prepared`, and begins when told to. */
process.once('message', (order: LoadOrder) => {
  void run(order);
});

async function run(order: LoadOrder): Promise<void> {
  const load = new NativeLoad(order);
  await load.connect();
  await load.warmUp();
  process.send?.('prepared');
  await new Promise((resolve) => process.once('message', resolve));
  const result = await load.run();
  process.send?.(result);
  load.close();
}
