import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import pg from 'pg';
import { z } from 'zod';

export interface TestDatabase {
  /** `postgres://`; the database is this caller's alone. */
  readonly url: string;
}

const answer = z.object({
  url: z.string().optional(),
  template: z.string().optional(),
  problem: z.string().optional(),
  templateProblem: z.string().optional(),
});

/**
 * A database of the caller's own, with all migrations applied, on the one server that all test files share; with
 * `isEmpty`, a database with nothing in it. It goes with the server at the end of the run: nobody drops it.
 */
export async function freshDatabase(options: { readonly isEmpty?: boolean } = {}): Promise<TestDatabase> {
  const server = answer.parse(JSON.parse(await askSetup()));
  if (!server.url) throw new Error(server.problem ?? 'the test database did not start');
  if (!options.isEmpty && !server.template) throw new Error(server.templateProblem ?? 'there is no migrated template');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await create(server.url, name, options.isEmpty ? undefined : server.template);
  const url = new URL(server.url);
  url.pathname = name;
  return { url: url.href };
}

async function create(adminUrl: string, name: string, template: string | undefined): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    // two copies of one template at a time are refused by PostgreSQL
    await admin.query('SELECT pg_advisory_lock(1)');
    await admin.query(`CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`);
  } finally {
    await admin.end();
  }
}

/** Jest's own process starts the server when it is first asked: see jest-setup.mjs. */
function askSetup(): Promise<string> {
  const path = process.env['CAUSEWAY_TEST_DATABASE_SOCKET'];
  if (!path) return Promise.reject(new Error('jest.config.mjs has no globalSetup'));
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path);
    socket.on('data', (chunk) => (text += chunk.toString('utf8')));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
