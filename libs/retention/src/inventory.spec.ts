import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { INVENTORY } from './inventory.js';

/** Table -> columns, as the migrations make them. */
function columnsOfMigrations(): ReadonlyMap<string, readonly string[]> {
  const folder = join(process.cwd(), 'prisma', 'migrations');
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const sql = names.map((entry) => readFileSync(join(folder, entry.name, 'migration.sql'), 'utf8')).join('\n');
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
});
