import { writeFile } from 'node:fs/promises';
import { outcomeText } from '../bench/report/terminal.js';
import { parseOptions } from './options.js';
import { writeEvaluation } from './report/write-document.js';
import { tablesOf, targetsOf } from './report/tables.js';
import { evaluate } from './run-evaluation.js';

/** `npm run evaluate:abuse`: replays metadata and attacks through the guard, prints what came of it, and writes it down. */
const options = parseOptions(process.argv.slice(2));
const evaluation = await evaluate(options, (line) => process.stderr.write(`${line} ...\n`));
const { honest, source, half } = evaluation;
process.stdout.write(`\nMetadata: ${source}; half: ${half}\n`);
process.stdout.write(
  outcomeText({ tables: tablesOf(evaluation), targets: targetsOf(evaluation), plots: [], figures: undefined }),
);
if (options.isShowingCases)
  for (const { person, highest, signals } of honest.cases)
    process.stdout.write(`level ${String(highest)}  ${person}: ${signals.join(', ')}\n`);
await writeFile('abuse-evaluation.json', `${JSON.stringify(evaluation, undefined, 2)}\n`);
if (options.isWritingDocs) await writeEvaluation(evaluation);
