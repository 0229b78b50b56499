// Runs once before all test files, in Jest's own process. PostgreSQL starts when the first test file asks for a database, so
// that a run of unit tests does not wait for it.
import '../../scripts/typescript/register.mjs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
/** A database with all migrations applied, copied for each test file; a copy takes far less than applying them. */
const TEMPLATE = 'migrated';

export default async function setUp() {
  const scratch = await mkdtemp(join(tmpdir(), 'causeway-test-'));
  // as root the database runs as another user, who has to get here
  await chmod(scratch, 0o711);
  const socket = join(scratch, 'ask');
  let starting;
  const server = createServer((connection) => {
    starting ??= startDatabase(join(scratch, 'database'));
    starting.then(
      ({ url, template }) => connection.end(JSON.stringify({ url, ...template })),
      (problem) => connection.end(JSON.stringify({ problem: String(problem) })),
    );
    connection.on('error', () => undefined);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  process.env.CAUSEWAY_TEST_DATABASE_SOCKET = socket;

  globalThis.causewayTearDown = async () => {
    server.close();
    const started = await starting?.catch(() => undefined);
    await started?.stop();
    await rm(scratch, { recursive: true, force: true });
  };
}

async function startDatabase(folder) {
  const { EmbeddedDatabase } = await import('../../libs/embedded-database/src/index.ts');
  const { SILENT_LOGGER } = await import('../../libs/platform/src/index.ts');
  const database = await EmbeddedDatabase.start({ folder, log: SILENT_LOGGER, isDurable: false });
  const template = await makeTemplate(database.url).catch((problem) => ({ templateProblem: String(problem) }));
  return { url: database.url, template, stop: () => database.stop() };
}

async function makeTemplate(adminUrl) {
  const { migrate } = await import('../../libs/storage/src/migrate.ts');
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`).finally(() => admin.end());
  const url = new URL(adminUrl);
  url.pathname = TEMPLATE;
  await migrate({ url: url.href, folder: MIGRATIONS });
  return { template: TEMPLATE };
}
