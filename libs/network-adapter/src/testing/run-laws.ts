import type { HarnessFactory } from './adapter-harness.js';
import type { Law } from './law.js';
import { LAWS } from './laws.js';

/** What became of one law. A law that does not apply is not kept: `because` is the condition that does not hold. */
export type Verdict =
  | { readonly kind: 'kept' }
  | { readonly kind: 'broken'; readonly problem: string }
  | { readonly kind: 'does-not-apply'; readonly because: string };

export interface LawReport {
  readonly id: string;
  readonly what: string;
  readonly why: string;
  readonly verdict: Verdict;
  readonly durationMs: number;
}

export interface AdapterReport {
  readonly network: string;
  readonly isSimulated: boolean;
  readonly confidentiality: 'sealed' | 'clear';
  readonly contractVersion: number;
  readonly laws: readonly LawReport[];
}

/** A law that takes longer is broken: an adapter that hangs would otherwise hang its judge. */
const LAW_TIMEOUT_MS = 20_000;

/** Judges an adapter by one law, on a harness of its own. Never throws: a harness that cannot be made breaks the law too. */
export async function runLaw(law: Law, newHarness: HarnessFactory): Promise<Verdict> {
  try {
    const harness = await newHarness();
    try {
      for (const { words, holds } of law.when ?? [])
        if (!(await holds(harness))) return { kind: 'does-not-apply', because: words };
      await withinTime(law.check(harness));
      return { kind: 'kept' };
    } finally {
      await harness.dispose();
    }
  } catch (broken) {
    return { kind: 'broken', problem: broken instanceof Error ? broken.message : String(broken) };
  }
}

async function withinTime(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${LAW_TIMEOUT_MS / 1_000} s`)), LAW_TIMEOUT_MS);
  });
  try {
    await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Judges an adapter by the laws given, all of them unless told otherwise, one after the other. */
export async function runLaws(newHarness: HarnessFactory, laws: readonly Law[] = LAWS): Promise<AdapterReport> {
  const { adapter, dispose } = await newHarness();
  const { network, isSimulated, confidentiality, contractVersion } = adapter;
  await dispose();
  const reports: LawReport[] = [];
  for (const law of laws) {
    const startedMs = performance.now();
    const verdict = await runLaw(law, newHarness);
    const { id, what, why } = law;
    reports.push({ id, what, why, verdict, durationMs: Math.round(performance.now() - startedMs) });
  }
  return { network, isSimulated, confidentiality, contractVersion, laws: reports };
}
