import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { plotSvg } from '../../bench/report/plot.js';
import { targetTable } from '../../bench/report/terminal.js';
import type { Table } from '../../bench/scenario.js';
import type { Evaluation } from '../run-evaluation.js';
import { METHOD, NOT_FOUND } from './method.js';
import { plotsOf } from './plots.js';
import { tablesOf, targetsOf } from './tables.js';

const DOCUMENT = join('docs', 'abuse-evaluation.md');
const FOLDER = 'abuse-evaluation';

/** The whole document with its plots and its figures as JSON: nothing in it is written by hand, so nothing in it is older than the run. */
export async function writeEvaluation(evaluation: Evaluation): Promise<void> {
  await mkdir(join('docs', FOLDER), { recursive: true });
  const plots = plotsOf(evaluation);
  for (const plot of plots) await writeFile(join('docs', FOLDER, `${plot.name}.svg`), plotSvg(plot));
  await writeFile(join('docs', FOLDER, 'figures.json'), await pretty(JSON.stringify(shortened(evaluation)), 'json'));
  await writeFile(DOCUMENT, await pretty(documentOf(evaluation), 'markdown'));
}

export function documentOf(evaluation: Evaluation): string {
  const { honest, duringAttacks: during } = evaluation;
  return [
    '# How well abuse is found, and how often it is not abuse',
    'Written by `npm run evaluate:abuse -- --half held --write-docs`. Whoever tunes the weights runs `--half tune`.',
    `**Metadata:** ${evaluation.source}; ${String(evaluation.people)} senders and ${String(evaluation.edges)} messages replayed, of which the half called **${evaluation.half}** counts: ${evaluation.from.slice(0, 10)} to ${evaluation.to.slice(0, 10)}, seed ${String(evaluation.seed)}. ${(evaluation.answeredShare * 100).toFixed(0)} % of first contacts are ever answered.`,
    '## What was promised, and what came of it',
    tableMarkdown({ title: '', ...targetTable(targetsOf(evaluation)) }),
    ...plotsOf(evaluation).map(({ name, title }) => `![${title}](${FOLDER}/${name}.svg)`),
    '## Figures',
    ...tablesOf(evaluation).map(tableMarkdown),
    `**Harm to honest people:** ${String(Math.round(honest.delayedMinutes))} message-minutes of delay over ${String(honest.messages)} messages, ${honest.delayedMinutesPerThousandMessages.toFixed(0)} per 1,000 messages; a blocked message counts until the block ends. Established conversations: ${String(honest.established.interrupted)} of ${String(honest.established.messages)} messages kept back.`,
    `**While an attack goes on around them** (the highest of all classes): ${(during.level2 * 100).toFixed(3)} % of sender-days at level 2, ${(during.level3 * 100).toFixed(3)} % at level 3, ${String(during.interrupted)} established messages kept back.`,
    '## What is not found',
    neverFound(evaluation),
    NOT_FOUND,
    METHOD,
  ].join('\n\n');
}

function neverFound({ attacks }: Evaluation): string {
  const missed = attacks.filter(({ levels }) => (levels[2]?.recall ?? 0) < 0.5);
  const list = missed.map(
    ({ kind, what, levels, reachedMean }) =>
      `- **${kind}** (${what}): blocked ${((levels[2]?.recall ?? 0) * 100).toFixed(0)} %, challenged ${((levels[1]?.recall ?? 0) * 100).toFixed(0)} %; one account reaches ${reachedMean.toFixed(0)} people.`,
  );
  return ['Classes of which fewer than half of the accounts were ever blocked:', '', ...list].join('\n');
}

/** Persons of the replayed metadata are not named again here. */
const shortened = ({ honest, ...rest }: Evaluation) => {
  const { cases: _cases, ...figures } = honest;
  return { ...rest, honest: figures };
};

function tableMarkdown({ title, columns, rows, note }: Table): string {
  const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  return [...(title ? [`### ${title}`] : []), table, ...(note ? [note] : [])].join('\n\n');
}

async function pretty(text: string, parser: 'markdown' | 'json'): Promise<string> {
  return format(text, { ...(await resolveConfig(DOCUMENT)), parser });
}
