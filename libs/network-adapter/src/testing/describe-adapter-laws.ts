import type { HarnessFactory } from './adapter-harness.js';
import { LAWS } from './laws.js';
import { runLaw } from './run-laws.js';

/** What the laws need of a test framework; Jest, Vitest and `node:test` have it. */
export interface TestFramework {
  describe(name: string, declare: () => void): unknown;
  it(name: string, test: () => Promise<void>, timeoutMs?: number): unknown;
}

const LAW_TIMEOUT_MS = 30_000;

/**
 * Declares one test per law; each runs on a harness of its own, disposed of afterwards. A law that does not apply to the adapter is told
 * to `onSkipped`, standard error unless given, so that it never looks kept.
 */
export function describeAdapterLaws(
  name: string,
  newHarness: HarnessFactory,
  { describe, it }: TestFramework,
  onSkipped: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): void {
  describe(`${name} obeys the laws of network adapters: it`, () => {
    for (const law of LAWS) {
      it(
        `${law.what} [${law.id}]`,
        async () => {
          const verdict = await runLaw(law, newHarness);
          if (verdict.kind === 'broken')
            throw new Error(`Law ${law.id} is broken: ${verdict.problem}\nWhy it matters: ${law.why}`);
          if (verdict.kind === 'does-not-apply')
            onSkipped(`${name}: ${law.id} does not apply, it does only where ${verdict.because}`);
        },
        LAW_TIMEOUT_MS,
      );
    }
  });
}
