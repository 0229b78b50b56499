import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAWS } from '@causeway/network-adapter/testing';
import { z } from 'zod';
import { CausewayCommand } from '../support/causeway-command.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cw-adapter-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const causeway = (...args: readonly string[]) => CausewayCommand.run(args, {});

const reportSchema = z.object({
  adapters: z.record(
    z.string(),
    z.object({
      isSimulated: z.boolean(),
      laws: z.array(z.object({ id: z.string(), verdict: z.object({ kind: z.string() }) })),
    }),
  ),
});

describe('causeway adapter', () => {
  it('writes an adapter that compiles and keeps the laws on its first run', async () => {
    const folder = join(root, 'my-network');
    const written = await causeway('adapter', 'new', 'my-network', '--folder', folder);
    expect(written).toMatchObject({ status: 0 });
    expect(await readdir(join(folder, 'src'))).toContain('my-network-adapter.ts');
    const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', folder]);
    expect(compiled.stdout.toString('utf8')).toBe('');
    expect(compiled.status).toBe(0);
    const json = join(root, 'report.json');
    const judged = await causeway('adapter', 'test', folder, '--json', json);
    expect(judged).toMatchObject({ status: 0 });
    expect(judged.output).toContain('0 broken');
    expect(judged.output).toContain('SIMULATED');
    const report = reportSchema.parse(JSON.parse(await readFile(json, 'utf8')));
    const laws = report.adapters['my-network']?.laws ?? [];
    expect(laws.map(({ id }) => id)).toEqual(LAWS.map(({ id }) => id));
    expect(laws.filter(({ verdict }) => verdict.kind === 'kept').length).toBeGreaterThan(45);
  }, 180_000);

  it('says which law an adapter breaks, and ends with status 1', async () => {
    const folder = join(root, 'broken');
    await causeway('adapter', 'new', 'broken', '--folder', folder);
    const source = join(folder, 'src', 'broken-adapter.ts');
    const words = await readFile(source, 'utf8');
    const changed = words.replace(
      "? failed('no-answer', 'later', 'maybe-sent')",
      "? failed('no-answer', 'later', 'not-sent')",
    );
    expect(changed).not.toBe(words);
    await writeFile(source, changed);
    const { status, output } = await causeway('adapter', 'test', folder, '--law', 'silence-is-maybe-sent');
    expect(status).toBe(1);
    expect(output).toContain('BROKEN silence-is-maybe-sent');
    expect(output).toContain('Why it matters');
    expect((await causeway('adapter', 'test', folder, '--law', 'keeps-unicode')).status).toBe(0);
  }, 180_000);

  it.each([
    ['a name that is none', ['adapter', 'new', 'My Network'], 'is no name for a network'],
    ['a folder that is taken', ['adapter', 'new', 'taken', '--folder', 'TAKEN'], 'There is something in'],
    ['a path with nothing there', ['adapter', 'test', 'NOWHERE'], 'There is nothing at'],
    ['a folder without a harness', ['adapter', 'test', 'TAKEN'], 'has no src/testing/law-harness.ts'],
    ['a law that is not there', ['adapter', 'test', 'TAKEN', '--law', 'no-such-law'], 'There is no law no-such-law'],
  ])(
    'refuses %s in one sentence',
    async (_what, args, why) => {
      const taken = join(root, 'taken');
      await mkdir(taken, { recursive: true });
      await writeFile(join(taken, 'a-file'), '');
      const places: Readonly<Record<string, string>> = { TAKEN: taken, NOWHERE: join(root, 'nowhere') };
      const { status, output } = await causeway(...args.map((word) => places[word] ?? word));
      expect(status).toBe(1);
      expect(output).toContain(why);
      expect(output).not.toMatch(/\n\s+at .+:\d+/);
    },
    60_000,
  );
});
