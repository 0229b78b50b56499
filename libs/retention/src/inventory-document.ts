import { FILE_INVENTORY, REDIS_INVENTORY, type NamedEntry } from './file-inventory.js';
import { INVENTORY } from './inventory.js';
import { LOG_INVENTORY } from './log-inventory.js';
import { POLICIES, policyOf, RETENTION_CLASSES } from './policies.js';
import { QUEUE_INVENTORY } from './queue-inventory.js';
import type { TableEntry } from './table-entry.js';

const SEALED = 'sealed: ';

/** `docs/data-inventory.md`, generated. */
export function inventoryDocument(): string {
  const head = [
    '# Data inventory',
    '',
    'Every column of the database, key of Redis, file and log field: why it is there, for how long, and who can make use of it. Generated',
    'from `libs/retention/src`; one without an entry fails the build (columns in `inventory.spec.ts`, log fields in the compiler, the rest in',
    '`test/e2e/stored-things.spec.ts`, which looks at a running installation). *Sealed* columns can be opened by the named reader alone,',
    'whoever holds the database. Jobs of the queue carry a random lane id and nothing else. Keys are listed in',
    '[protocol.md](protocol.md), section 6; what devices keep on their own folder is sealed under their passphrase.',
    '',
  ];
  return [
    ...head,
    ...INVENTORY.flatMap(section),
    '# The queue on PostgreSQL',
    '',
    ...QUEUE_INVENTORY.flatMap(section),
    '# Redis',
    '',
    ...named(REDIS_INVENTORY),
    '# Files below the data folder',
    '',
    ...named(FILE_INVENTORY),
    '# Log fields',
    '',
    `Class \`security-log\`: ${policyOf('security-log').what}; at most ${Math.round(POLICIES['security-log'].maxSeconds / 86_400)} days. Read by: the operator.`,
    '',
    '| field | purpose |',
    '| --- | --- |',
    ...Object.entries(LOG_INVENTORY).map(([field, purpose]) => `| ${field} | ${purpose} |`),
    '',
    '# Lifetimes by class',
    '',
    '| class | what | seconds, from |',
    '| --- | --- | --- |',
    ...RETENTION_CLASSES.map(
      (name) => `| ${name} | ${policyOf(name).what} | ${policyOf(name).defaultSeconds}, ${policyOf(name).from} |`,
    ),
    '',
  ].join('\n');
}

const named = (entries: readonly NamedEntry[]): readonly string[] => [
  '| name | purpose | lifetime | read by |',
  '| --- | --- | --- | --- |',
  ...entries.map(
    ({ name, purpose, lifetime, readers }) => `| \`${name}\` | ${purpose} | ${lifetime} | ${readers.join(', ')} |`,
  ),
  '',
];

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
