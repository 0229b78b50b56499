import type { Cell, Outcome, Table, Target } from '../scenario.js';

/** An outcome as it is read on a terminal. */
export const outcomeText = (outcome: Outcome): string =>
  [...outcome.tables.map(tableText), ...(outcome.targets.length > 0 ? [targetsText(outcome.targets)] : [])].join('\n');

export const targetsText = (targets: readonly Target[]): string =>
  tableText({ title: 'Targets', ...targetTable(targets) });

/** Missed ones say so in a column of their own. */
export const targetTable = (targets: readonly Target[]): Pick<Table, 'columns' | 'rows'> => ({
  columns: ['target', 'wanted', 'measured', ''],
  rows: targets.map(({ what, wanted, measured, isMet }) => [what, wanted, measured, isMet ? 'met' : 'MISSED']),
});

function tableText({ title, columns, rows, note }: Table): string {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => String(row[index] ?? '').length)),
  );
  const line = (cells: readonly Cell[]): string =>
    `  ${cells.map((cell, index) => String(cell).padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  return [
    `\n${title}`,
    line(columns),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    ...(note ? [`  ${note}`] : []),
    '',
  ].join('\n');
}
