import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../support/free-ports.js';
import { Child } from '../load/child.js';
import { measureLoad, type MeasuredLoad } from '../load/measured-load.js';
import { collectGarbage } from '../measure/collect-garbage.js';
import { memoryOf, usageOf } from '../measure/process-usage.js';
import { count, megabytes, p50p99 } from '../report/format.js';
import type { Scenario } from '../scenario.js';
import { withSite, type BenchSite } from '../site/bench-site.js';
import { seedPairs, seedStrangers } from '../site/seed-accounts.js';
import { GROWTH_LOAD } from './growth.js';

/** What the gateway needs beside its sockets: files, the database, the generator's connections. */
const OTHER_FILES = 3_000;
const SETTLE_MS = 3_000;
const IDLE_MS = 10_000;

interface Step {
  readonly sockets: number;
  readonly gatewayBytes: number;
  readonly bytesPerSocket: number;
  /** Processor seconds of the gateway per second, while nothing happens but pings. */
  readonly idleCpu: number;
  readonly load: MeasuredLoad;
}

/** Devices that are connected and silent. */
export const sockets: Scenario = {
  name: 'sockets',
  what: 'idle sockets, and what each keeps in memory',
  run: async ({ options, progress }) =>
    withInspectedGateway(async (site, port) => {
      const wanted = options.sockets.filter((size) => size + OTHER_FILES <= openFilesLimit());
      const skipped = options.sockets.filter((size) => !wanted.includes(size));
      if (skipped.length > 0)
        progress(`not measured, since a process may open ${openFilesLimit()} files: ${skipped.join(', ')} sockets`);
      const pairs = await seedPairs(site.database, Math.min(options.conversations, 100));
      const devices = await seedStrangers(site.database, Math.max(0, ...wanted));
      await measureLoad(site, { pairs, ...GROWTH_LOAD });
      const gateway = site.pids['gateway'] ?? 0;
      const kept = async (): Promise<number> => {
        await pause(SETTLE_MS);
        await collectGarbage(gateway, port);
        return memoryOf(gateway).pssBytes;
      };
      // the first one makes the inspector itself a part of the base
      await kept();
      const emptyBytes = await kept();
      const child = Child.start('load/idle-sockets-process.ts');
      try {
        const steps: Step[] = [];
        let opened = 0;
        for (const size of wanted) {
          progress(`${count(size)} idle sockets`);
          const tokens = devices.slice(opened, size).map(({ token }) => token);
          opened = await child.ask<number>({ gatewayUrl: site.world.gatewayUrl, tokens });
          const gatewayBytes = await kept();
          const before = usageOf(gateway).cpuSeconds;
          await pause(IDLE_MS);
          const idleCpu = (usageOf(gateway).cpuSeconds - before) / (IDLE_MS / 1000);
          const load = await measureLoad(site, { pairs, ...GROWTH_LOAD });
          steps.push({
            sockets: opened,
            gatewayBytes,
            bytesPerSocket: (gatewayBytes - emptyBytes) / opened,
            idleCpu,
            load,
          });
        }
        return {
          tables: [
            {
              title: 'Idle sockets',
              columns: [
                'idle sockets',
                'gateway MB (PSS)',
                'KB per socket',
                'gateway while idle, % of a core',
                'accept p50 / p99 ms',
                'end to end p50 / p99 ms',
              ],
              rows: steps.map((step) => [
                count(step.sockets),
                megabytes(step.gatewayBytes),
                (step.bytesPerSocket / 1000).toFixed(1),
                (step.idleCpu * 100).toFixed(1),
                p50p99(step.load.acceptMs),
                p50p99(step.load.endToEndMs),
              ]),
              note: `Without TLS; memory after a forced collection of garbage. The gateway held ${megabytes(emptyBytes)} MB before; latencies are those of ${GROWTH_LOAD.perSecond} messages a second among others.`,
            },
          ],
          targets: [],
          plots: [],
          figures: { emptyBytes, steps, skipped },
        };
      } finally {
        await child.end();
      }
    }),
};

async function withInspectedGateway<Result>(work: (site: BenchSite, port: number) => Promise<Result>): Promise<Result> {
  const [port = 0] = await freePorts(1);
  return withSite({ backend: 'postgres', env: { NODE_OPTIONS: `--inspect-port=${port}` } }, (site) => work(site, port));
}

/** Node raises its soft limit to the hard one by itself. */
const openFilesLimit = (): number =>
  Number(/^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
