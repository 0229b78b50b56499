import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { DrainNativeLane, Sweep } from '@causeway/message-flow';
import type { FinishErasures } from '@causeway/people';
import { every, type ProcessContext, type Repeating } from '@causeway/process-context';
import type { DropPartitions, KeepHolds, KeepTombstones, MakePartitions, WriteLedger } from '@causeway/retention';
import { forgetPast } from './forget-past.js';
import { forgetReports } from './forget-reports.js';

/** Lanes drained at a time; each waits for the database most of its life. */
const CONCURRENCY = 16;
/** How long after something was taken back only the database knows of it. */
const TOMBSTONES_MS = 2_000;
const ERASURES_MS = 30_000;
const QUEUE_EVENTS_MS = 3_600_000;
const HOLDS_MS = 5_000;
/** How soon after a purge its entry stands in the ledger. */
const LEDGER_MS = 2_000;

/** Links, codes, questions for addresses, invites and permissions taken back go within an hour of their time. */
const FORGET_MS = 3_600_000;

export interface Duties {
  readonly drain: DrainNativeLane;
  readonly sweep: Sweep;
  readonly makePartitions: MakePartitions;
  readonly dropPartitions: DropPartitions;
  readonly keepTombstones: KeepTombstones;
  readonly finishErasures: FinishErasures;
  readonly keepHolds: KeepHolds;
  readonly writeLedger: WriteLedger;
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
    const { drain, sweep, makePartitions, dropPartitions, writeLedger } = this.duties;
    const { keepTombstones, finishErasures, keepHolds } = this.duties;
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
      every(
        config.sweepIntervalMs,
        { name: 'end-links', run: () => this.context.stores.discovery.endExpired(this.context.clock.now()) },
        events,
      ),
      every(FORGET_MS, { name: 'forget-past', run: () => forgetPast(this.context) }, events),
      every(TOMBSTONES_MS, { name: 'tombstones', run: () => keepTombstones.execute() }, events),
      every(ERASURES_MS, { name: 'erasures', run: () => finishErasures.execute() }, events),
      every(HOLDS_MS, { name: 'holds', run: () => keepHolds.execute() }, events),
      every(QUEUE_EVENTS_MS, { name: 'queue-events', run: () => queue.lanes.forgetEvents() }, events),
      every(LEDGER_MS, { name: 'write-ledger', run: () => writeLedger.execute() }, events),
      every(partitionsMs, { name: 'forget-reports', run: () => forgetReports(this.context) }, events),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.repeating.map((task) => task.stop()));
  }
}
