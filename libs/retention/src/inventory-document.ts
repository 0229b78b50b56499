import { INVENTORY } from './inventory.js';
import type { TableEntry } from './table-entry.js';

const SEALED = 'sealed: ';

/** `docs/data-inventory.md`, generated. */
export function inventoryDocument(): string {
  const head = [
    '# Data inventory',
    '',
    'Every column of the database: why it is there, for how long, and who can make use of it. Generated from `libs/retention/src/inventory.ts`;',
    'a column without an entry fails the build. *Sealed* columns can be opened by the named reader alone, whoever holds the database.',
    'Jobs of the queue carry a random lane id and nothing else. Keys are listed in [protocol.md](protocol.md), section 6.',
    '',
  ];
  return [...head, ...INVENTORY.flatMap(section)].join('\n');
}

const section = (entry: TableEntry): readonly string[] => [
  `## ${entry.table}`,
  '',
  `Lifetime: ${entry.lifetime}. Read by: ${entry.readers.join(', ')}.`,
  '',
  '| column | class | purpose |',
  '| --- | --- | --- |',
  ...Object.entries(entry.columns).map(([column, purpose]) => row(column, purpose, entry)),
  '',
];

function row(column: string, purpose: string, entry: TableEntry): string {
  const isSealed = purpose.startsWith(SEALED);
  return `| ${column} | ${isSealed ? 'sealed' : entry.defaultClass} | ${isSealed ? purpose.slice(SEALED.length) : purpose} |`;
}
