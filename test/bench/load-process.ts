import { prepare, runNativeLoad } from './native-load.js';
import type { BenchPair } from './seed-accounts.js';

/** The load generator, in a process of its own so that its processor time is its own. Told what to do over IPC, answers once. */
export interface LoadOrder {
  readonly gatewayUrl: string;
  readonly pairs: readonly BenchPair[];
  readonly count: number;
  readonly perSecond: number;
}

process.once('message', (order: LoadOrder) => {
  void run(order);
});

async function run({ gatewayUrl, pairs, count, perSecond }: LoadOrder): Promise<void> {
  const revived = pairs.map((pair) => ({
    ...pair,
    sender: pair.sender.map(revive),
    recipient: pair.recipient.map(revive),
  }));
  const prepared = prepare(revived, count);
  process.send?.({ kind: 'prepared' });
  await new Promise((resolve) => process.once('message', resolve));
  const result = await runNativeLoad({ gatewayUrl, pairs: revived, prepared, perSecond, drainWithinMs: 20_000 });
  process.send?.({ kind: 'result', result });
  process.disconnect();
}

const revive = (device: BenchPair['sender'][number]) => ({
  ...device,
  sealKey: Uint8Array.from(Object.values(device.sealKey)),
});
