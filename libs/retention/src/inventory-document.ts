import { FILE_INVENTORY, REDIS_INVENTORY, type NamedEntry } from './file-inventory.js';
import { INVENTORY } from './inventory.js';
import { LOG_INVENTORY } from './log-inventory.js';
import { overridableText, policyOf, RETENTION_CLASSES, type RetentionClass } from '@causeway/message-model';
import { QUEUE_INVENTORY } from './queue-inventory.js';
import type { TableEntry } from './table-entry.js';

const SEALED = 'sealed: ';

/** `docs/data-inventory.md`, generated. */
export function inventoryDocument(): string {
  const head = [
    '# Data inventory',
    '',
    'Every column of the database, key of Redis, file and log field: why it is there, for how long, and who can make use of it. Generated',
    'from `libs/retention/src`; one without an entry fails the build (columns and log fields in `inventory.spec.ts`, the rest in',
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
    policyOf('security-log').what,
    '',
    '| field | class | purpose | lifetime | read by |',
    '| --- | --- | --- | --- | --- |',
    ...Object.entries(LOG_INVENTORY).map(([field, entry]) => {
      const { purpose, lifetime, readers } = entry;
      return `| ${field} | ${entry.class} | ${purpose} | ${lifetime} | ${readers.join(', ')} |`;
    }),
    '',
    '# Lifetimes by class',
    '',
    'In seconds, counted from what the column `from` says. Who may change it is named, or why nobody may; the strictest wins.',
    '',
    '| class | what | default | least | most | from | overridable | kept by | why |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...RETENTION_CLASSES.map(policyRow),
    '',
  ].join('\n');
}

function policyRow(name: RetentionClass): string {
  const { what, from, keptBy, reason, defaultSeconds, minSeconds, maxSeconds } = policyOf(name);
  return `| ${name} | ${what} | ${defaultSeconds} | ${minSeconds} | ${maxSeconds} | ${from} | ${overridableText(name)} | ${keptBy} | ${reason} |`;
}

const named = (entries: readonly NamedEntry[]): readonly string[] => [
  '| name | class | purpose | lifetime | read by |',
  '| --- | --- | --- | --- | --- |',
  ...entries.map((entry) => {
    const { name, purpose, lifetime, readers } = entry;
    return `| \`${name}\` | ${entry.class} | ${purpose} | ${lifetime} | ${readers.join(', ')} |`;
  }),
  '',
];

const section = (entry: TableEntry): readonly string[] => [
  `## ${entry.table}`,
  '',
  `Lifetime: ${entry.lifetime}.`,
  '',
  '| column | class | purpose | read by |',
  '| --- | --- | --- | --- |',
  ...Object.entries(entry.columns).map(([column, purpose]) => row(column, purpose, entry)),
  '',
];

function row(column: string, purpose: string, entry: TableEntry): string {
  if (purpose.startsWith(SEALED))
    return `| ${column} | sealed | ${purpose.slice(SEALED.length)} | ${entry.sealedFor ?? 'edge'} |`;
  return `| ${column} | ${entry.defaultClass} | ${purpose} | ${entry.readers.join(', ')} |`;
}
