import { parseArgs } from 'node:util';
import type { Queue } from './forensic-site.js';
import { runForensic } from './forensic-run.js';
import { tableOf, violationsOf } from './forensic-report.js';

const { values } = parseArgs({ options: { queue: { type: 'string' } } });

function queuesOf(asked: string | undefined): readonly Queue[] {
  if (asked === undefined) return ['postgres', 'redis'];
  if (asked === 'postgres' || asked === 'redis') return [asked];
  throw new Error(`--queue is postgres or redis, not ${asked}`);
}

/** `npm run test:forensic [-- --queue postgres|redis]`. Exits with 1 when something was found that was to be gone. */
async function main(): Promise<void> {
  let broken = 0;
  for (const queue of queuesOf(values.queue)) {
    const say = (line: string): void => void process.stdout.write(`[${queue}] ${line}\n`);
    const report = await runForensic(queue, say);
    const violations = violationsOf(report);
    process.stdout.write(tableOf(report));
    for (const violation of violations) say(`BROKEN: ${violation}`);
    broken += violations.length;
  }
  process.exitCode = broken === 0 ? 0 : 1;
}

await main();
