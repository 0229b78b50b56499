import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@causeway/platform';
import { shortenServerLog } from './server-log.js';

const LINE = '2026-11-01 12:00:00.000 UTC [7] LOG:  database system is ready to accept connections\n';
const DAY_MS = 86_400_000;
const WRITTEN_MS = Date.UTC(2026, 10, 1, 12);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cw-log-'));
  file = join(folder, 'server.log');
});
afterEach(() => rm(folder, { recursive: true }));

const leftAfter = async (days: number): Promise<string> => {
  await shortenServerLog(file, new ManualClock(WRITTEN_MS + days * DAY_MS));
  return readFile(file, 'utf8');
};

describe('the log of the embedded server', () => {
  it('stays for nearly a month, then goes, and can be written on', async () => {
    await writeFile(file, LINE);
    expect(await leftAfter(28)).toBe(LINE);
    expect(await leftAfter(29.5)).toBe('');
    await appendFile(file, LINE);
    expect(await leftAfter(1)).toBe(LINE);
  });

  it('goes earlier when it is large', async () => {
    await writeFile(file, LINE.repeat(20_000));
    expect(await leftAfter(1)).toBe('');
  });

  it('need not be there, nor begin with a time', async () => {
    await shortenServerLog(file, new ManualClock());
    await writeFile(file, 'initdb: something else\n');
    expect(await leftAfter(1)).toContain('something else');
  });
});
