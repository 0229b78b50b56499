import { writeFile } from 'node:fs/promises';
import { parseOptions, type BenchOptions } from './options.js';
import { machineFacts } from './report/machine.js';
import { outcomeText, targetsText } from './report/terminal.js';
import { writeDocuments } from './report/write-documents.js';
import type { Outcome, Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios/index.js';

const RESULTS = 'bench-results.json';

/** What one scenario came to. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly seconds: number;
  readonly outcome?: Outcome;
  /** Why there is no outcome. */
  readonly failure?: string;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `npm run bench`: runs scenarios one after the other, prints each, and writes everything measured as JSON. */
async function bench(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  const scenarios = chosen(options);
  const report = {
    command: ['npm run bench --', ...args].join(' '),
    startedAt: new Date().toISOString(),
    machine: machineFacts(),
    results: [] as ScenarioResult[],
  };
  for (const [index, scenario] of scenarios.entries()) {
    say(`\n[${index + 1}/${scenarios.length}] ${scenario.name}: ${scenario.what}`);
    const result = await run(scenario, options);
    report.results.push(result);
    say(result.outcome ? outcomeText(result.outcome) : `  FAILED: ${result.failure}`);
    await writeFile(RESULTS, `${JSON.stringify(report, null, 2)}\n`);
    if (options.isWritingDocs) await write(report, result);
  }
  const targets = report.results.flatMap(({ outcome }) => outcome?.targets ?? []);
  if (scenarios.length > 1 && targets.length > 0) say(targetsText(targets));
  const failed = report.results.filter(({ failure }) => failure !== undefined);
  say(`${RESULTS} written; ${targets.filter(({ isMet }) => isMet).length} of ${targets.length} targets met`);
  if (failed.length > 0) say(`could not be measured: ${failed.map(({ scenario }) => scenario).join(', ')}`);
  process.exit(failed.length > 0 ? 1 : process.exitCode);
}

/** Figures that cannot be put into the document are in the JSON all the same, and the next scenario runs. */
async function write(report: Parameters<typeof writeDocuments>[0], result: ScenarioResult): Promise<void> {
  try {
    await writeDocuments(report, result);
  } catch (thrown) {
    say(`  NOT WRITTEN into the document: ${String(thrown)}`);
    process.exitCode = 1;
  }
}

function chosen({ only }: BenchOptions): readonly Scenario[] {
  const unknown = only.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0)
    throw new Error(`no scenario ${unknown.join(', ')}; there are ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  return only.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => only.includes(name));
}

/** A scenario that cannot be measured does not keep the others from being. */
async function run(scenario: Scenario, options: BenchOptions): Promise<ScenarioResult> {
  const startedMs = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedMs) / 1000);
  try {
    const progress = (line: string): void => say(`  ${String(seconds()).padStart(4)} s  ${line}`);
    const outcome = await scenario.run({ options, progress });
    return { scenario: scenario.name, seconds: seconds(), outcome };
  } catch (thrown) {
    const failure = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { scenario: scenario.name, seconds: seconds(), failure };
  }
}

await bench(process.argv.slice(2));
