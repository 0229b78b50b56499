import { StartupProblem } from './startup-problem.js';

/** Runs the main of a process: a start-up problem is one sentence and what to do, everything else is a bug and fails loudly. */
export async function runProcess(
  name: string,
  main: (env: Readonly<Record<string, string | undefined>>) => Promise<void>,
): Promise<void> {
  try {
    await main(process.env);
  } catch (thrown) {
    if (!(thrown instanceof StartupProblem)) throw thrown;
    process.stderr.write(`causeway ${name}: ${thrown.message}\n`);
    process.exit(1);
  }
}
