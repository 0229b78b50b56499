import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@causeway/storage';
import { freshDatabase } from '../support/database.js';
import { freePorts } from '../support/free-ports.js';
import { canRunRedis, startRedis, type TestRedis } from '../support/redis.js';
import { RunningProcess, serverFile, type Environment } from '../support/running-process.js';

const APPS = ['gateway', 'worker', 'edge'] as const;
type App = (typeof APPS)[number];

let folder: string;
let env: Environment;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-unsafe-'));
  const { url } = await freshDatabase({ isEmpty: true });
  await migrate({ url, folder: join(process.cwd(), 'prisma', 'migrations') });
  const [http, edge] = await freePorts(2);
  env = {
    CAUSEWAY_DATABASE_URL: url,
    CAUSEWAY_DATA_FOLDER: join(folder, 'data'),
    CAUSEWAY_HTTP_PORT: `${http}`,
    CAUSEWAY_EDGE_HTTP_PORT: `${edge}`,
  };
}, 60_000);
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** What the process says when it does not start; it leaves with 1 and shows no place in its code. */
async function refusal(app: App, settings: Environment): Promise<string> {
  const refused = new RunningProcess(serverFile(app), [], { ...env, ...settings });
  await expect(refused.start()).rejects.toThrow('ended with 1');
  expect(refused.output).not.toMatch(/\n\s+at .+:\d+/);
  return refused.output;
}

describe.each(APPS)('the %s', (app) => {
  it.each([
    ['a transport that proves nobody', { CAUSEWAY_GATEWAY_RPC: 'tcp://10.0.0.1:7500' }, 'tls://host:port'],
    ['TLS with nothing to prove itself', { CAUSEWAY_EDGE_RPC: 'tls://10.0.0.1:7500' }, 'CAUSEWAY_TLS_CERT'],
    [
      'production with no secret of its own',
      { CAUSEWAY_ENVIRONMENT: 'production' },
      'CAUSEWAY_OPERATOR_TOKEN must be set',
    ],
    [
      'production with a secret that can be guessed',
      { CAUSEWAY_ENVIRONMENT: 'production', CAUSEWAY_OPERATOR_TOKEN: 'operator' },
      '32 characters or more',
    ],
  ])(
    'refuses %s, says what to change, and writes nothing',
    async (_what, settings, change) => {
      expect(await refusal(app, settings)).toContain(change);
      expect(await readdir(folder)).toEqual([]);
    },
    30_000,
  );
});

if (canRunRedis()) {
  describe.each([
    ['that forgets at a crash', ['--appendonly', 'no'], 'Set `appendonly yes` in its configuration.'],
    [
      'that evicts',
      ['--appendonly', 'yes', '--maxmemory-policy', 'volatile-lru'],
      'Set `maxmemory-policy noeviction` in its configuration.',
    ],
  ])('on a Redis %s', (_what, options, change) => {
    let redis: TestRedis;
    beforeAll(async () => {
      redis = await startRedis(options);
    });
    afterAll(async () => redis.stop());

    it.each(APPS)(
      'the %s does not start, and says what to change',
      async (app) => {
        const settings = { CAUSEWAY_QUEUE_BACKEND: 'redis', CAUSEWAY_REDIS_URL: redis.url };
        expect(await refusal(app, settings)).toContain(change);
      },
      30_000,
    );
  });
} else {
  it.skip('a Redis that forgets or evicts', () => undefined);
}
