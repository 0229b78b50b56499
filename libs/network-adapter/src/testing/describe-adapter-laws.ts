import { describe, it } from '@jest/globals';
import type { HarnessFactory } from './adapter-harness.js';
import { LAWS } from './laws.js';

const LAW_TIMEOUT_MS = 20_000;

/** Declares one Jest test per law; each runs on a harness of its own, disposed of afterwards. */
export function describeAdapterLaws(name: string, newHarness: HarnessFactory): void {
  describe(`${name} obeys the laws of network adapters: it`, () => {
    for (const law of LAWS) {
      it(
        `${law.what} [${law.name}]`,
        async () => {
          const harness = await newHarness();
          try {
            await law.check(harness);
          } catch (broken) {
            throw new Error(`Law ${law.name} is broken. Why it matters: ${law.why}`, { cause: broken });
          } finally {
            await harness.dispose();
          }
        },
        LAW_TIMEOUT_MS,
      );
    }
  });
}
