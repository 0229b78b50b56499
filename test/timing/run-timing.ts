import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DatabaseServer } from '../faults/database-server.js';
import { freePorts } from '../support/free-ports.js';
import { SeededRandom } from '../support/seeded-random.js';
import { compareAnswers, PLANTED_MS, type Comparison, type Times } from './compare-answers.js';
import { ALIKE_MS, type MedianDifference } from './median-difference.js';
import { probeNumbers, type ProbeResult } from './probe-numbers.js';
import { questionsOf } from './questions.js';
import { TimingField } from './timing-field.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10000' },
    /** Names of questions, with commas between them. */
    only: { type: 'string' },
    /** Seconds for each question: where a machine is quiet for minutes only. */
    seconds: { type: 'string' },
    /** A file for the times of each round: what is in it is gone on with. */
    keep: { type: 'string' },
  },
});
const timeSchema = z.number();
const keptSchema = z.record(
  z.string(),
  z.array(
    z.object({
      existing: timeSchema,
      refusing: timeSchema,
      blocking: timeSchema,
      unknown: timeSchema,
      planted: timeSchema,
    }),
  ),
);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const us = (ms: number): string => `${(ms * 1000).toFixed(0)} us`;

/** What an earlier run wrote. */
async function keptIn(file: string | undefined): Promise<Record<string, readonly Times[]>> {
  if (file === undefined || !existsSync(file)) return {};
  return keptSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** What of a comparison breaks the promise; nothing when answers are alike and the planted difference was found. */
function faultsIn({ question, compared, looks }: Omit<Comparison, 'times'>): readonly string[] {
  const unlike = looks.length === 1 ? [] : [`${question}: ${looks.length} different answers`];
  const faults = compared.flatMap(({ kind, medianMs, isFound }) => {
    if (kind === 'planted') return isFound ? [] : [`${question}: the planted ${PLANTED_MS} ms was not found`];
    return Math.abs(medianMs) < ALIKE_MS ? [] : [`${question}: ${kind} is told from unknown by ${us(medianMs)}`];
  });
  return [...unlike, ...faults];
}

/** `--only probe`: the same with numbers whose owners do not want to be found, and all that can be asked about them. */
const PROBE = 'probe';

function faultsInProbe({ linked, planted, looks, isFindableSeen }: ProbeResult): readonly string[] {
  const unlike = Object.entries(looks).flatMap(([asking, { length }]) =>
    length === 1 ? [] : [`${PROBE}: ${length} different answers about ${asking}`],
  );
  return [
    ...unlike,
    ...(Math.abs(linked.medianMs) < ALIKE_MS
      ? []
      : [`${PROBE}: linked is told from unlinked by ${us(linked.medianMs)}`]),
    ...(planted.isFound ? [] : [`${PROBE}: the planted ${PLANTED_MS} ms was not found`]),
    ...(isFindableSeen ? [] : [`${PROBE}: even who may be found was not seen`]),
  ];
}

function printProbe({ numbers, askers, usualMs, linked, planted, looks }: ProbeResult): void {
  say(
    `${PROBE}: ${numbers} numbers that are linked and not to be found by ${askers} accounts, ${usualMs.toFixed(2)} ms at the median`,
  );
  for (const [asking, { length }] of Object.entries(looks)) say(`  ${asking}: ${length} look of the answers`);
  printDifference('linked', linked);
  printDifference('planted', planted);
}

const printDifference = (name: string, { medianMs, fromMs, toMs, isFound }: MedianDifference): void =>
  say(`  ${name.padEnd(9)} ${us(medianMs).padStart(8)} (${us(fromMs)} to ${us(toMs)})${isFound ? ', found' : ''}`);

function print({ question, rounds, usualMs, compared, looks }: Omit<Comparison, 'times'>): void {
  say(`${question}: ${rounds} of each, ${usualMs.toFixed(2)} ms at the median, ${looks.length} look of the answers`);
  for (const each of compared) printDifference(each.kind, each);
}

/** `npm run test:timing -- [--rounds 10000] [--only route,request,probe] [--seconds 200 --keep times.json]`. Exits with 1 when anything can be told apart. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ct-'));
  const [port = 0] = await freePorts(1);
  const database = await DatabaseServer.start({ folder: join(folder, 'database'), port });
  const random = new SeededRandom();
  const rounds = Number(values.rounds);
  const results: Omit<Comparison, 'times'>[] = [];
  const kept: Record<string, readonly Times[]> = await keptIn(values.keep);
  let probe: ProbeResult | undefined;
  try {
    const field = await TimingField.open(database.url);
    try {
      const wanted = values.only?.split(',');
      for (const question of questionsOf(field).filter(({ name }) => wanted?.includes(name) ?? true)) {
        const { gatewayUrl } = field.world;
        const { times, ...comparison } = await compareAnswers(question, {
          gatewayUrl,
          random,
          rounds,
          say,
          before: kept[question.name] ?? [],
          ...(values.seconds !== undefined && { forSeconds: Number(values.seconds) }),
        });
        print(comparison);
        results.push(comparison);
        kept[question.name] = times;
        if (values.keep !== undefined) await writeFile(values.keep, JSON.stringify(kept));
      }
      if (wanted?.includes(PROBE) ?? true) {
        const { gatewayUrl } = field.world;
        probe = await probeNumbers(field, { gatewayUrl, random, numbers: rounds, say });
        printProbe(probe);
      }
    } finally {
      await field.close();
    }
  } finally {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
  await writeFile('timing-results.json', `${JSON.stringify({ seed: random.seed, results, probe }, null, 2)}\n`);
  const faults = [...results.flatMap(faultsIn), ...(probe ? faultsInProbe(probe) : [])];
  for (const fault of faults) say(fault);
  say(faults.length === 0 ? 'nothing can be told apart' : `${faults.length} differences`);
  process.exitCode = faults.length === 0 && (results.length > 0 || probe) ? 0 : 1;
}

await main();
