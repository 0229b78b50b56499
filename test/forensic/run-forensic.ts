import { parseArgs } from 'node:util';
import type { Queue } from './forensic-site.js';
import { runForensic } from './forensic-run.js';
import { tableOf, violationsOf } from './forensic-report.js';
import { faultsOf, fiveSecondText } from './five-seconds-report.js';
import { runFiveSeconds } from './five-seconds-run.js';

const { values } = parseArgs({ options: { queue: { type: 'string' }, only: { type: 'string' } } });

const KILLS = 50;
const READER_MS = 180_000;
const PARTS = ['states', 'five-seconds'] as const;
type Part = (typeof PARTS)[number];

function queuesOf(asked: string | undefined): readonly Queue[] {
  if (asked === undefined) return ['postgres', 'redis'];
  if (asked === 'postgres' || asked === 'redis') return [asked];
  throw new Error(`--queue is postgres or redis, not ${asked}`);
}

function partsOf(asked: string | undefined): readonly Part[] {
  const parts = PARTS.filter((part) => asked === undefined || part === asked);
  if (parts.length === 0) throw new Error(`--only is ${PARTS.join(' or ')}, not ${asked}`);
  return parts;
}

/** Prints what it found; answers with what was promised and did not hold. */
async function run(part: Part, queue: Queue, say: (line: string) => void): Promise<readonly string[]> {
  switch (part) {
    case 'states': {
      const report = await runForensic(queue, say);
      process.stdout.write(tableOf(report));
      return violationsOf(report);
    }
    case 'five-seconds': {
      const report = await runFiveSeconds(queue, say, { kills: KILLS, readerMs: READER_MS });
      process.stdout.write(fiveSecondText(report));
      return faultsOf(report);
    }
  }
}

/** `npm run test:forensic [-- --queue postgres|redis] [--only states|five-seconds]`. Exits with 1 when something was found that was to be gone. */
async function main(): Promise<void> {
  let broken = 0;
  for (const queue of queuesOf(values.queue))
    for (const part of partsOf(values.only)) {
      const say = (line: string): void => void process.stdout.write(`[${queue}] ${line}\n`);
      const violations = await run(part, queue, say);
      for (const violation of violations) say(`BROKEN: ${violation}`);
      broken += violations.length;
    }
  process.exitCode = broken === 0 ? 0 : 1;
}

await main();
