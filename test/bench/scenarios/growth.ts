import { serverCpuMs, type MeasuredLoad } from '../load/measured-load.js';
import { count, cpuCells, p50p99 } from '../report/format.js';
import type { Outcome } from '../scenario.js';

/** The same load with more and more of something lying there. */
export interface GrowthStep {
  readonly size: number;
  readonly load: MeasuredLoad;
}

export const GROWTH_LOAD = { perSecond: 300, seconds: 6 } as const;
const PROCESSES = ['gateway', 'worker', 'database'] as const;

export function growthOutcome(
  steps: readonly GrowthStep[],
  words: { readonly name: string; readonly title: string; readonly of: string; readonly note: string },
): Outcome {
  return {
    tables: [
      {
        title: words.title,
        columns: [
          words.of,
          'delivered /s',
          'accept p50 / p99 ms',
          'end to end p50 / p99 ms',
          ...PROCESSES.map((process) => `${process} ms`),
          'all that serve ms',
        ],
        rows: steps.map(({ size, load }) => [
          count(size),
          count(load.deliveredPerSecond),
          p50p99(load.acceptMs),
          p50p99(load.endToEndMs),
          ...cpuCells(load.cpuMs, PROCESSES),
          serverCpuMs(load.cpuMs).toFixed(2),
        ]),
        note: words.note,
      },
    ],
    targets: [],
    plots: [
      {
        name: words.name,
        title: words.title,
        xLabel: words.of,
        yLabel: 'processor ms per message; ms',
        isLogX: true,
        isLogY: true,
        series: [
          {
            name: 'processor ms per message',
            points: steps.map(({ size, load }) => ({ x: size, y: serverCpuMs(load.cpuMs) })),
          },
          { name: 'accept p99, ms', points: steps.map(({ size, load }) => ({ x: size, y: load.acceptMs.p99 })) },
          { name: 'end to end p99, ms', points: steps.map(({ size, load }) => ({ x: size, y: load.endToEndMs.p99 })) },
        ],
      },
    ],
    figures: steps,
  };
}
