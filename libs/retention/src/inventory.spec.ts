import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FILE_INVENTORY, REDIS_INVENTORY, unlistedIn } from './file-inventory.js';
import { INVENTORY } from './inventory.js';
import { inventoryDocument } from './inventory-document.js';
import { LOG_INVENTORY } from './log-inventory.js';

/** Table -> columns, as the migrations make them. */
function columnsOfMigrations(more = ''): ReadonlyMap<string, readonly string[]> {
  const folder = join(process.cwd(), 'prisma', 'migrations');
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const sql = names.map((entry) => readFileSync(join(folder, entry.name, 'migration.sql'), 'utf8')).join('\n') + more;
  const tables = new Map<string, string[]>();
  for (const [, table = '', body = ''] of sql.matchAll(/CREATE TABLE ([a-z_.]+) \(\n([\s\S]*?)\n\)/g)) {
    const lines = body.split('\n').map((line) => /^ {2}([a-z][a-z0-9_]*) /.exec(line)?.[1]);
    tables.set(
      table,
      lines.filter((name) => name !== undefined),
    );
  }
  for (const [, table = '', column = ''] of sql.matchAll(/ALTER TABLE ([a-z_.]+) ADD COLUMN ([a-z_]+)/g))
    tables.get(table)?.push(column);
  for (const [, table = '', column = ''] of sql.matchAll(/ALTER TABLE ([a-z_.]+) DROP COLUMN ([a-z_]+)/g)) {
    tables.set(
      table,
      (tables.get(table) ?? []).filter((name) => name !== column),
    );
  }
  return tables;
}

describe('the data inventory', () => {
  const tables = columnsOfMigrations();

  it('has an entry for every table of the migrations, and no other', () => {
    expect(INVENTORY.map((entry) => entry.table).sort()).toEqual([...tables.keys()].sort());
  });

  it.each(INVENTORY.map((entry) => [entry.table, entry] as const))(
    'declares every column of %s with a purpose',
    (table, entry) => {
      expect(Object.keys(entry.columns).sort()).toEqual([...(tables.get(table) ?? [])].sort());
      for (const purpose of Object.values(entry.columns)) expect(purpose.length).toBeGreaterThan(4);
    },
  );

  it.each([
    ['CREATE TABLE registry.planted (\n  words text NOT NULL\n)', 'registry.planted.words'],
    ['ALTER TABLE transit.message ADD COLUMN planted text;', 'transit.message.planted'],
  ])('finds a column that nobody declared: %s', (sql, column) => {
    expect(undeclared()).toEqual([]);
    expect(undeclared(`\n${sql}`)).toEqual([column]);
  });

  it('finds a file, a key of Redis and a log field that nobody declared', () => {
    expect(unlistedIn(FILE_INVENTORY, ['edge-keys/keys.sealed', 'tombstones.jsonl', 'words.txt'])).toEqual([
      'words.txt',
    ]);
    const keys = ['bull:{causeway-lanes-native}:wait', 'bull:{causeway-lanes-native}:completed', 'causeway:words'];
    expect(unlistedIn(REDIS_INVENTORY, keys)).toEqual(keys.slice(1));
    const logger = readFileSync(join(process.cwd(), 'libs', 'platform', 'src', 'logger.ts'), 'utf8');
    expect(logFieldsIn(logger).filter((field) => !(field in LOG_INVENTORY))).toEqual([]);
    const planted = logger.replace('  readonly tenant?', '  readonly words?: string;\n  readonly tenant?');
    expect(logFieldsIn(planted).filter((field) => !(field in LOG_INVENTORY))).toEqual(['words']);
  });

  it('says of everything its class, purpose, lifetime and who can read it', () => {
    for (const entry of [...FILE_INVENTORY, ...REDIS_INVENTORY, ...Object.values(LOG_INVENTORY), ...INVENTORY]) {
      const { lifetime, readers } = entry;
      expect([lifetime.length > 3, readers.length > 0, 'class' in entry || 'defaultClass' in entry]).toEqual([
        true,
        true,
        true,
      ]);
    }
    const rows = inventoryDocument()
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
    expect(rows.length).toBeGreaterThan(300);
    for (const row of rows)
      for (const cell of row.split('|').slice(1, -1)) expect([row, cell.trim()]).not.toEqual([row, '']);
  });

  it('never says that a server can read what is sealed', () => {
    const sealed = INVENTORY.filter(({ defaultClass }) => defaultClass === 'sealed');
    expect(
      sealed.flatMap(({ readers }) => readers).filter((reader) => reader === 'gateway' || reader === 'worker'),
    ).toEqual([]);
  });
});

/** Columns of the migrations, and of `more`, without an entry. */
function undeclared(more = ''): readonly string[] {
  return [...columnsOfMigrations(more)].flatMap(([table, columns]) => {
    const declared = INVENTORY.find((entry) => entry.table === table)?.columns ?? {};
    return columns.filter((column) => !(column in declared)).map((column) => `${table}.${column}`);
  });
}

function logFieldsIn(source: string): readonly string[] {
  const [, body = ''] = /interface LogFields \{([^}]*)\}/.exec(source) ?? [];
  return [...body.matchAll(/readonly (\w+)\?/g)].map(([, name = '']) => name);
}
