import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Outcome, Table } from '../scenario.js';
import type { Machine } from './machine.js';
import { plotSvg } from './plot.js';
import { targetTable } from './terminal.js';

const DOCUMENT = join('docs', 'performance.md');
const PLOT_FOLDER = 'performance';

/** Puts the outcome of one scenario between its marks in the document, and its plots beside it; all else there stays as it is. */
export async function writeDocuments(
  report: { readonly command: string; readonly startedAt: string; readonly machine: Machine },
  result: { readonly scenario: string; readonly outcome?: Outcome; readonly failure?: string },
): Promise<void> {
  const plots = result.outcome?.plots ?? [];
  if (plots.length > 0) await mkdir(join('docs', PLOT_FOLDER), { recursive: true });
  for (const plot of plots) await writeFile(join('docs', PLOT_FOLDER, `${plot.name}.svg`), plotSvg(plot));
  const text = await readFile(DOCUMENT, 'utf8');
  const section = [
    measuredOn(report),
    ...(result.outcome
      ? sectionsOf(result.outcome)
      : [`Could not be measured: ${String(result.failure?.split('\n')[0])}`]),
    ...plots.map(({ name, title }) => `![${title}](${PLOT_FOLDER}/${name}.svg)`),
  ].join('\n\n');
  const changed = replaceSection(text, result.scenario, section);
  const config = await resolveConfig(DOCUMENT);
  await writeFile(DOCUMENT, await format(changed, { ...config, parser: 'markdown' }));
}

/** Throws when the document has no such section: figures that land nowhere would be missed by nobody. */
export function replaceSection(text: string, name: string, section: string): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no section ${begin} ... ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${section}\n\n${text.slice(to)}`;
}

const measuredOn = ({ startedAt, machine }: { readonly startedAt: string; readonly machine: Machine }): string =>
  `_${startedAt.slice(0, 10)}, ${machine.processors} cores (${machine.model}), ${machine.memoryGigabytes} GB, Node ${machine.node}, PostgreSQL ${machine.postgres}, Redis ${machine.redis}; load average before: ${machine.loadBefore.toFixed(1)}._`;

const sectionsOf = ({ tables, targets }: Outcome): readonly string[] => [
  ...tables.map(tableMarkdown),
  ...(targets.length > 0 ? [tableMarkdown({ title: 'Targets', ...targetTable(targets) })] : []),
];

const tableMarkdown = ({ title, columns, rows, note }: Table): string => {
  const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  return [`**${title}**`, table, ...(note ? [note] : [])].join('\n\n');
};
