import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CausewayCommand, endProcessesOf, processesOf } from '../support/causeway-command.js';
import { freePorts } from '../support/free-ports.js';
import { reachableFolder } from '../support/reachable-folder.js';
import { eventually } from '../support/world.js';

/** Resident, all Node processes together, PostgreSQL not among them. */
const LIMIT_MEGABYTES = 350;

let root: string;
let command: CausewayCommand;
beforeAll(async () => {
  root = await reachableFolder('cw-idle-');
  const [http, edge] = await freePorts(2);
  command = CausewayCommand.start(['up'], {
    CAUSEWAY_DATA_FOLDER: join(root, 'data'),
    CAUSEWAY_HTTP_PORT: `${http}`,
    CAUSEWAY_EDGE_HTTP_PORT: `${edge}`,
  });
  await command.says('Stop with Ctrl-C.');
}, 90_000);
afterAll(async () => {
  command.signal('SIGTERM');
  await command.ended();
  await endProcessesOf(root);
  await rm(root, { recursive: true, force: true });
}, 30_000);

if (process.platform !== 'linux') {
  process.stderr.write('\n*** SKIPPED: idle memory, because it is read from /proc ***\n\n');
  it.skip('idle memory: read from /proc', () => undefined);
} else {
  describe('an idle embedded gateway', () => {
    it(`comes to rest at ${LIMIT_MEGABYTES} MB or less, gateway, worker and edge together`, async () => {
      const nodes = (await processesOf(root)).filter(({ command }) => /dist\/(apps\/cli|servers\/edge)/.test(command));
      expect(nodes).toHaveLength(2);
      const resident = () => nodes.map(({ pid }) => residentMegabytes(pid));
      const sum = () => resident().reduce((total, each) => total + each, 0);
      await eventually(() => sum() <= LIMIT_MEGABYTES, { what: 'rest', withinMs: 60_000 });
      process.stdout.write(`idle-memory: ${resident().join(' + ')} = ${sum()} MB resident\n`);
    }, 90_000);
  });
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`the process ${pid} is gone`);
  return Math.round((Number(kilobytes) * 1024) / 1_000_000);
}
