import { writeFile } from 'node:fs/promises';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Queue } from './fault-field.js';
import { describe, groupsOf, recoveryIn, violationsOf } from './fault-report.js';
import { runFaults, type RunResult } from './fault-run.js';
import { injections } from './injections.js';

const PACE = { leastMs: 600, mostMs: 1_400 };
/** The protocol waits 300 s for a carrier that shows no trace; a run cannot, so list lag and patience shrink together. */
const LONGEST_ABSENCE_SECONDS = 150;
const LONGEST_LAG_SECONDS = 120;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    queue: { type: 'string' },
    /** Only injections whose name contains this. */
    only: { type: 'string', default: '' },
  },
});

function queuesOf(asked: string | undefined): readonly Queue[] {
  switch (asked) {
    case undefined:
      return ['postgres', 'redis'];
    case 'postgres':
    case 'redis':
      return [asked];
    default:
      throw new Error(`--queue is postgres or redis, not ${asked}`);
  }
}

/** What the JSON has beyond what was seen, so that nobody has to count again. */
const summaryOf = (result: RunResult) => ({
  ...result,
  injections: result.recoveries.length,
  recovery: recoveryIn(result.recoveries),
  groups: groupsOf(result.recoveries),
  violations: violationsOf(result),
});

/** `npm run test:faults -- --minutes 20 [--seed N] [--queue postgres|redis] [--only text]`. Exits with 1 when a promise was broken. */
async function main(): Promise<void> {
  const queues = queuesOf(values.queue);
  const seconds = (Number(values.minutes) * 60) / queues.length;
  const seed = Number(values.seed);
  const absentAfterSeconds = Math.round(Math.min(LONGEST_ABSENCE_SECONDS, Math.max(15, seconds / 4)));
  const lagSeconds = Math.min(LONGEST_LAG_SECONDS, Math.floor(absentAfterSeconds * 0.8));
  const all = injections(lagSeconds);
  const chosen = all.filter(({ name }) => name.includes(values.only));
  // nothing that strikes would be a run that cannot fail
  if (chosen.length === 0)
    throw new Error(`no kind has "${values.only}" in its name; there are ${all.map(({ name }) => name).join(', ')}`);
  const results: ReturnType<typeof summaryOf>[] = [];
  for (const queue of queues) {
    const say = (line: string): void => void process.stdout.write(`[${queue}] ${line}\n`);
    say(`seed ${seed}, ${seconds} s, lists lag up to ${lagSeconds} s`);
    const result = await runFaults({ queue, seed, seconds, absentAfterSeconds, pace: PACE, injections: chosen, say });
    results.push(summaryOf(result));
    process.stdout.write(describe(result));
    await writeFile('fault-results.json', `${JSON.stringify(results, null, 2)}\n`);
  }
  process.exitCode = results.every(({ violations }) => violations.length === 0) ? 0 : 1;
}

await main();
