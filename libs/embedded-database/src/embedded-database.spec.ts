import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SILENT_LOGGER, StartupProblem } from '@causeway/platform';
import pg from 'pg';
import { EmbeddedDatabase } from './embedded-database.js';
import { describeProcess } from './running-process.js';

const log = SILENT_LOGGER;
const CANARY = 'canary-1f0c2d';

async function query(url: string, sql: string, values: unknown[] = []): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded database', () => {
  let scratch = '';
  let folder = '';
  const started: EmbeddedDatabase[] = [];
  const start = async (extra: { port?: number; folder?: string } = {}): Promise<EmbeddedDatabase> => {
    const database = await EmbeddedDatabase.start({ folder, log, isDurable: false, ...extra });
    started.push(database);
    return database;
  };

  beforeAll(async () => {
    // mode 0700, as mkdtemp and data folders are
    scratch = await mkdtemp(join(tmpdir(), 'causeway-database-'));
    folder = join(scratch, 'database');
  });
  afterEach(async () => {
    for (const database of started.splice(0)) await database.stop();
  });
  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it('makes a UTF-8 cluster with C collation on the loopback address', async () => {
    const { url } = await start();
    const [row] = await query(
      url,
      `SELECT current_setting('server_encoding') AS encoding, datcollate FROM pg_database WHERE datname = 'causeway'`,
    );
    expect(row).toEqual({ encoding: 'UTF8', datcollate: 'C' });
    expect(new URL(url).hostname).toBe('127.0.0.1');
  });

  it('refuses a wrong password', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password/);
  });

  it('keeps its password and its data from other users', async () => {
    await start();
    expect((await stat(join(folder, 'password'))).mode & 0o077).toBe(0);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await stat(scratch)).mode & 0o066).toBe(0);
  });

  it('keeps what was committed over a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS value');
    await first.stop();
    started.length = 0;
    const second = await start();
    expect(await query(second.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
  });

  it('writes no row, statement or parameter into its log', async () => {
    const { url } = await start();
    await query(url, 'CREATE TABLE once (word text PRIMARY KEY)');
    await query(url, 'INSERT INTO once VALUES ($1)', [CANARY]);
    await expect(query(url, 'INSERT INTO once VALUES ($1)', [CANARY])).rejects.toThrow();
    await expect(query(url, `SELECT '${CANARY}'::int`)).rejects.toThrow();
    await expect(query(url, 'SELECT $1::text::int', [CANARY])).rejects.toThrow();
    const text = await readFile(join(folder, 'server.log'), 'utf8');
    expect(text).toContain('ready to accept connections');
    expect(text).not.toContain(CANARY);
  });

  it('starts below a folder that the user of the server may not enter', async () => {
    const closed = join(scratch, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const { url } = await start({ folder: join(closed, 'data', 'database') });
    const [place] = await query(url, 'SHOW data_directory');
    expect((await stat(closed)).mode & 0o077).toBe(0);
    const standIn = dirname(String(place?.['data_directory']));
    await started.pop()?.stop();
    if (!standIn.startsWith(scratch)) await rm(standIn, { recursive: true });
  });

  it('takes over the server of a process that was killed', async () => {
    const orphan = await start();
    await query(orphan.url, 'CREATE TABLE IF NOT EXISTS survivor ()');
    started.length = 0;
    const [before] = await query(orphan.url, 'SELECT pg_postmaster_start_time() AS at');
    // as after kill -9: the server runs on, the owner is a process that is gone
    await writeFile(join(folder, 'owner'), '4194303\nnobody');
    const adopted = await start();
    expect(adopted.url).toBe(orphan.url);
    expect(await query(adopted.url, 'SELECT pg_postmaster_start_time() AS at')).toEqual([before]);
  });

  it('starts over a stale postmaster.pid whose id now belongs to another process', async () => {
    const other = spawn('sleep', ['60']);
    try {
      await writeFile(
        join(folder, 'data', 'postmaster.pid'),
        `${other.pid}\n${join(folder, 'data')}\n1\n5999\n\n127.0.0.1\n\nready\n`,
      );
      const { url } = await start();
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      other.kill();
    }
  });

  it('refuses a folder that a live process uses', async () => {
    const holder = spawn('sleep', ['60']);
    try {
      await new Promise((resolve) => setTimeout(resolve, 50)); // until the fork has become `sleep`
      await writeFile(join(folder, 'owner'), `${holder.pid}\n${await describeProcess(holder.pid ?? 0)}`);
      await expect(start()).rejects.toThrow(/Another Causeway \(process \d+\)/);
    } finally {
      holder.kill();
    }
  });

  it('refuses a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    await expect(start({ port })).rejects.toThrow(`Port ${port} of this machine is taken.`);
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses a folder that holds something else, and leaves it as it was', async () => {
    const photos = join(scratch, 'photos');
    await mkdir(photos);
    await writeFile(join(photos, 'cat.jpg'), 'meow');
    const refusal = EmbeddedDatabase.start({ folder: photos, log });
    await expect(refusal).rejects.toThrow(StartupProblem);
    await expect(refusal).rejects.toThrow(/not a database of Causeway/);
    expect(await readFile(join(photos, 'cat.jpg'), 'utf8')).toBe('meow');
  });

  it('refuses the data of another version of PostgreSQL', async () => {
    const file = join(folder, 'data', 'PG_VERSION');
    await writeFile(file, '17\n');
    await expect(start()).rejects.toThrow(/made by PostgreSQL 17; this is PostgreSQL 18/);
    await writeFile(file, '18\n');
  });
});
