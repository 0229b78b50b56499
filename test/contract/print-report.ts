import { styleText } from 'node:util';
import { LAW_GROUPS, type AdapterReport, type Verdict } from '../../libs/network-adapter/src/testing/index.js';

/** Reports by the short name of their adapter. */
export type Reports = ReadonlyMap<string, AdapterReport>;

const MARKS = {
  kept: ['green', 'kept'],
  broken: ['red', 'BROKEN'],
  'does-not-apply': ['dim', '-'],
} as const satisfies Record<Verdict['kind'], readonly [Parameters<typeof styleText>[0], string]>;

const isColoured = process.stdout.isTTY && process.stdout.hasColors();
const styled = (style: Parameters<typeof styleText>[0], text: string): string =>
  isColoured ? styleText(style, text) : text;

/** A table of laws by adapters, and below it everything that is broken and everything that does not apply. */
export function table(reports: Reports): string {
  const shown = LAW_GROUPS.map(([group, laws]) => ({ group, ids: laws.map(({ id }) => id).filter(isJudged(reports)) }));
  const width = Math.max(...shown.flatMap(({ ids }) => ids.map((id) => id.length + 2)), 10);
  const columns = [...reports].map(([name, report]) => ({ name, report, width: Math.max(name.length, 6) + 2 }));
  const header = ' '.repeat(width) + columns.map(({ name, width }) => `  ${name.padEnd(width)}`).join('');
  const lines = shown
    .filter(({ ids }) => ids.length > 0)
    .flatMap(({ group, ids }) => [
      styled('bold', group),
      ...ids.map((id) =>
        `  ${id.padEnd(width - 2)}${columns.map((column) => `  ${cell(column, id)}`).join('')}`.trimEnd(),
      ),
    ]);
  return [styled('bold', header.trimEnd()), ...lines, ''].join('\n');
}

const isJudged =
  (reports: Reports) =>
  (id: string): boolean =>
    [...reports.values()].some(({ laws }) => laws.some((law) => law.id === id));

function cell({ report, width }: { readonly report: AdapterReport; readonly width: number }, id: string): string {
  const verdict = report.laws.find((law) => law.id === id)?.verdict;
  if (!verdict) return ' '.repeat(width);
  const [style, mark] = MARKS[verdict.kind];
  return styled(style, mark.padEnd(width));
}

/** What is behind the marks: per adapter what it is, what does not apply and why, and what is broken, why it matters and how it shows. */
export function details(reports: Reports): string {
  return [...reports].map(([name, report]) => `${detailsOf(name, report)}\n`).join('\n');
}

function detailsOf(name: string, { network, isSimulated, confidentiality, laws }: AdapterReport): string {
  const count = (kind: Verdict['kind']): number => laws.filter(({ verdict }) => verdict.kind === kind).length;
  const lines = laws.flatMap(({ id, why, verdict }) => {
    if (verdict.kind === 'broken')
      return [
        `  ${styled('red', `BROKEN ${id}`)}`,
        `    ${verdict.problem.split('\n').join('\n    ')}`,
        `    Why it matters: ${why}`,
      ];
    return verdict.kind === 'does-not-apply' ? [`  ${id} does not apply: only where ${verdict.because}`] : [];
  });
  const kind = `${confidentiality}${isSimulated ? ', SIMULATED: no real network is behind it' : ''}`;
  return [
    styled('bold', `${name} (network "${network}", ${kind})`),
    `  ${count('kept')} kept, ${count('broken')} broken, ${count('does-not-apply')} do not apply, of ${laws.length}`,
    ...lines,
  ].join('\n');
}

export const isGreen = (reports: Reports): boolean =>
  [...reports.values()].every(({ laws }) => laws.length > 0 && laws.every(({ verdict }) => verdict.kind !== 'broken'));
