import { createHmac } from 'node:crypto';
import type { GuardKeys } from './pseudonyms.js';

/** Keys for replays and tests: every week's follows from the seed, so nothing is ever destroyed. Never for live traffic. */
export function replayKeys(seed: Uint8Array): GuardKeys {
  const made = new Map<number, Uint8Array>();
  return {
    shardKey: createHmac('sha256', seed).update('shard').digest(),
    keyOf: (week) => {
      const known = made.get(week);
      if (known) return known;
      const key = createHmac('sha256', seed)
        .update(`week ${String(week)}`)
        .digest();
      made.set(week, key);
      return key;
    },
  };
}
