import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { DrainNativeLane, Sweep } from '@causeway/message-flow';
import { every, type ProcessContext, type Repeating } from '@causeway/process-context';
import { forgetReports } from './forget-reports.js';
import type { DropPartitions, MakePartitions } from '@causeway/retention';

/** Lanes drained at a time; each waits for the database most of its life. */
const CONCURRENCY = 16;

export interface Duties {
  readonly drain: DrainNativeLane;
  readonly sweep: Sweep;
  readonly makePartitions: MakePartitions;
  readonly dropPartitions: DropPartitions;
}

/** What a worker does while it lives. Making and dropping partitions are separate jobs: a drop that waits must not stop the next hour. */
export class WorkerDuties implements OnApplicationBootstrap, OnApplicationShutdown {
  private repeating: readonly Repeating[] = [];

  constructor(
    private readonly context: ProcessContext,
    private readonly duties: Duties,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { config, queue, events } = this.context;
    const { drain, sweep, makePartitions, dropPartitions } = this.duties;
    await makePartitions.execute();
    await queue.lanes.drain('native', (lane) => drain.execute(lane), {
      concurrency: CONCURRENCY,
      onError: (thrown, laneId) => events.laneDrainFailed({ track: 'native', laneId, thrown }),
    });
    const partitionsMs = config.partitionIntervalSeconds * 1000;
    this.repeating = [
      every(config.sweepIntervalMs, { name: 'sweep', run: () => sweep.execute() }, events),
      every(partitionsMs, { name: 'make-partitions', run: () => makePartitions.execute() }, events),
      every(partitionsMs, { name: 'drop-partitions', run: () => dropPartitions.execute() }, events),
      every(partitionsMs, { name: 'forget-reports', run: () => forgetReports(this.context) }, events),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.repeating.map((task) => task.stop()));
  }
}
