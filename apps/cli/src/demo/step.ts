import { setTimeout } from 'node:timers/promises';
import type { Terminal } from '../terminal.js';
import type { DemoWorld } from './demo-world.js';

/** One thing the demo shows. `run` does it for real, tells what it sees as it goes, and throws when that is not as promised. */
export interface Step {
  readonly title: string;
  /** What it proves, said once it worked. */
  readonly proves: string;
  run(world: DemoWorld, terminal: Terminal): Promise<void>;
}

/** What a step promised and did not see. */
export class NotAsPromised extends Error {
  override readonly name = 'NotAsPromised';
}

export function check(isSo: boolean, promise: string): asserts isSo {
  if (!isSo) throw new NotAsPromised(`It should be so, and is not: ${promise}.`);
}

const WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 40;

/** What `look` sees, as soon as it sees something. */
export async function eventually<T>(promise: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const endMs = performance.now() + WITHIN_MS;
  while (performance.now() < endMs) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await setTimeout(LOOK_EVERY_MS);
  }
  throw new NotAsPromised(`It did not happen within ${WITHIN_MS / 1000} seconds: ${promise}.`);
}

/** Runs the steps one after the other, since each stands on the one before. Resolves with whether all of them worked. */
export async function runSteps(
  steps: readonly Step[],
  { world, terminal, signal }: { readonly world: DemoWorld; readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<boolean> {
  for (const [index, step] of steps.entries()) {
    signal.throwIfAborted();
    terminal.title(`${index + 1}. ${step.title}`);
    try {
      await step.run(world, terminal);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      terminal.bad(`Step ${index + 1} failed. ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      if (!(thrown instanceof NotAsPromised) && thrown instanceof Error) terminal.line(thrown.stack);
      return false;
    }
    terminal.good(step.proves);
    terminal.line();
  }
  return true;
}
