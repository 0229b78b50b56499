import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { perMessage } from './measured-load.js';
import { Percentiles, type Latency } from '../measure/percentiles.js';
import { usagesOf } from '../measure/process-usage.js';
import type { BenchSite } from '../site/bench-site.js';
import { Child } from './child.js';
import type { Journey, LiveAnswer } from './live-orders.js';

export interface LiveMeasured {
  readonly journey: Journey;
  readonly perSecond: number;
  readonly sent: number;
  readonly failed: number;
  readonly delivered: number;
  readonly receipts: number;
  readonly deliveredPerSecond: number;
  readonly sendMs: Latency;
  readonly endToEndMs: Latency;
  /** Processor milliseconds per message; `devices` are all real devices together. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly jobsPerMessage: number;
}

/** Real devices in processes of their own, so that cryptography has more than one core if there is one. */
export class LiveFleets {
  private constructor(
    private readonly site: BenchSite,
    private readonly folder: string,
    private readonly children: readonly Child[],
  ) {}

  static async make(
    site: BenchSite,
    options: { readonly processes: number; readonly conversations: number; readonly hasTelephones: boolean },
  ): Promise<LiveFleets> {
    const folder = await mkdtemp(join(tmpdir(), 'cw-live-'));
    const children = Array.from({ length: options.processes }, () => Child.start('load/device-process.ts'));
    const fleets = new LiveFleets(site, folder, children);
    try {
      await Promise.all(
        children.map((child, number) =>
          child.ask<string>({
            what: 'make',
            gatewayUrl: site.world.gatewayUrl,
            carrierUrl: site.world.carrier.url,
            folder: join(folder, `${number}`),
            number,
            conversations: Math.ceil(options.conversations / options.processes),
            hasTelephones: options.hasTelephones,
          }),
        ),
      );
      return fleets;
    } catch (error) {
      await fleets.close();
      throw error;
    }
  }

  async run(
    journey: Journey,
    { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  ): Promise<LiveMeasured> {
    const usages = () => ({
      ...usagesOf(this.site.pids),
      devices: this.children
        .map((child) => usagesOf({ child: child.pid }))
        .reduce((total, { child }) => add(total, child), { cpuSeconds: 0, residentBytes: 0 }),
    });
    const [before, jobsBefore] = [usages(), await this.site.stores.jobs()];
    const order = { what: 'run', journey, perSecond: perSecond / this.children.length, seconds };
    const answers = await Promise.all(this.children.map((child) => child.ask<LiveAnswer>(order)));
    const [after, jobsAfter] = [usages(), await this.site.stores.jobs()];
    const sum = (of: (answer: LiveAnswer) => number): number =>
      answers.reduce((total, answer) => total + of(answer), 0);
    const delivered = sum((answer) => answer.delivered);
    return {
      journey,
      perSecond,
      sent: sum((answer) => answer.sent),
      failed: sum((answer) => answer.failed),
      delivered,
      receipts: sum((answer) => answer.receipts),
      deliveredPerSecond: delivered / Math.max(seconds, ...answers.map((answer) => answer.seconds)),
      sendMs: new Percentiles(answers.flatMap((answer) => answer.sendMs)).latency,
      endToEndMs: new Percentiles(answers.flatMap((answer) => answer.endToEndMs)).latency,
      cpuMs: perMessage(before, after, Math.max(1, delivered)),
      jobsPerMessage: (jobsAfter - jobsBefore) / Math.max(1, delivered),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => child.end()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

const add = (
  total: { readonly cpuSeconds: number; readonly residentBytes: number },
  one: { readonly cpuSeconds: number; readonly residentBytes: number } | undefined,
) => ({
  cpuSeconds: total.cpuSeconds + (one?.cpuSeconds ?? 0),
  residentBytes: total.residentBytes + (one?.residentBytes ?? 0),
});
