import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedDatabase } from '@causeway/embedded-database';
import { SILENT_LOGGER } from '@causeway/platform';
import { Stores } from '@causeway/storage';
import { World } from '../support/world.js';
import type { LoadOrder } from './load-process.js';
import type { LoadResult } from './native-load.js';
import { usageOf, type Usage } from './processor-time.js';
import { seedPairs, type BenchPair } from './seed-accounts.js';

const PAIRS = 500;

interface Run {
  readonly name: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** `npm run bench`: the native journey through real processes, with the load generator's processor time apart. */
async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cw-bench-'));
  const database = await EmbeddedDatabase.start({ folder: join(folder, 'database'), log: SILENT_LOGGER });
  const world = await World.start({ databaseUrl: database.url, env: { CAUSEWAY_LOG_LEVEL: 'warn' } });
  const stores = new Stores({ url: database.url, maxConnections: 2 });
  try {
    const pairs = await seedPairs(stores, PAIRS);
    const results = [];
    for (const run of runsOf(process.argv))
      results.push(await measure(run, { world, pairs, databasePid: await pidOf(stores) }));
    await writeFile('bench-results.json', `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await stores.close();
    await world.close();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function runsOf(args: readonly string[]): readonly Run[] {
  const rates = args.find((arg) => arg.startsWith('--rates='))?.slice('--rates='.length) ?? '500,1000,2000';
  const seconds = Number(args.find((arg) => arg.startsWith('--seconds='))?.slice('--seconds='.length) ?? '10');
  return rates.split(',').map((rate) => ({ name: `native ${rate}/s`, perSecond: Number(rate), seconds }));
}

/** The postmaster: parent of the backend that answers. */
async function pidOf(stores: Stores): Promise<number> {
  const rows = await stores.database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const { readFileSync } = await import('node:fs');
  const stat = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function measure(run: Run, input: { world: World; pairs: readonly BenchPair[]; databasePid: number }) {
  const { world, pairs, databasePid } = input;
  const load = fork(join(process.cwd(), 'test/bench/load-process.ts'), [], {
    execArgv: ['--import', './scripts/typescript/register.mjs'],
  });
  const order: LoadOrder = {
    gatewayUrl: world.gatewayUrl,
    pairs,
    count: run.perSecond * run.seconds,
    perSecond: run.perSecond,
  };
  load.send(order);
  await told(load);
  const pids = {
    gateway: world.gateway.pid ?? 0,
    worker: world.worker.pid ?? 0,
    edge: world.edge.pid ?? 0,
    database: databasePid,
    load: load.pid ?? 0,
  };
  const before = usages(pids);
  load.send('go');
  const { result } = await told(load);
  const after = usages(pids);
  const cpu = Object.fromEntries(
    Object.keys(pids).map((name) => [name, (after[name]?.cpuSeconds ?? 0) - (before[name]?.cpuSeconds ?? 0)]),
  );
  const memory = Object.fromEntries(
    Object.keys(pids).map((name) => [name, Math.round((after[name]?.residentBytes ?? 0) / 1_000_000)]),
  );
  print(run, result, cpu, memory);
  return { ...run, result, cpuSeconds: cpu, residentMegabytes: memory };
}

const usages = (pids: Readonly<Record<string, number>>): Record<string, Usage> =>
  Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid)]));

const told = (load: ChildProcess): Promise<{ readonly kind: string; readonly result: LoadResult }> =>
  new Promise((resolve, reject) => {
    load.once('message', (message: { readonly kind: string; readonly result: LoadResult }) => resolve(message));
    load.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
  });

function print(
  run: Run,
  result: LoadResult,
  cpu: Readonly<Record<string, number>>,
  memory: Readonly<Record<string, number>>,
): void {
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const perMessage = (seconds: number | undefined): string =>
    `${(((seconds ?? 0) / Math.max(1, result.delivered)) * 1e6).toFixed(0)} us`;
  process.stdout.write(
    [
      `${run.name}: ${result.accepted} accepted, ${result.refused} refused, ${result.delivered} delivered in ${result.seconds.toFixed(1)} s = ${(result.delivered / result.seconds).toFixed(0)}/s`,
      `  accept p50 ${ms(result.acceptMs.p50)} p99 ${ms(result.acceptMs.p99)}; end to end p50 ${ms(result.endToEndMs.p50)} p99 ${ms(result.endToEndMs.p99)}`,
      `  processor time per message: ${Object.entries(cpu)
        .map(([name, seconds]) => `${name} ${perMessage(seconds)}`)
        .join(', ')}`,
      `  resident: ${Object.entries(memory)
        .map(([name, megabytes]) => `${name} ${megabytes} MB`)
        .join(', ')}`,
      '',
    ].join('\n'),
  );
}

await bench();
