import { Module, type DynamicModule } from '@nestjs/common';
import { DrainNativeLane, Sweep, type DeviceWaker } from '@causeway/message-flow';
import type { LedgerSigner } from '@causeway/message-model';
import { FinishErasures, TellDevices } from '@causeway/people';
import type { ProcessContext } from '@causeway/process-context';
import {
  DropPartitions,
  KeepHolds,
  KeepTombstones,
  MakePartitions,
  NotedRetentionLedger,
  PolicyBook,
  WriteLedger,
} from '@causeway/retention';
import { WorkerDuties } from './worker-duties.js';

export interface WorkerOptions {
  readonly context: ProcessContext;
  readonly devices: DeviceWaker;
  readonly ledgerSigner: LedgerSigner;
}

/** Drains native lanes, sweeps, and keeps partitions. */
@Module({})
export class WorkerModule {
  static with({ context, devices, ledgerSigner }: WorkerOptions): DynamicModule {
    const { stores, clock, events, queue, config } = context;
    const { lanes, recipients, consents, accounts, inbox, partitions, messages } = stores;
    const book = new PolicyBook(stores.wishes, clock);
    const tell = new TellDevices(accounts, inbox, partitions, clock, book);
    const duties = {
      drain: new DrainNativeLane(lanes, recipients, consents, tell, devices, clock),
      sweep: new Sweep(lanes, messages, partitions, queue.lanes, devices, clock, events, { book }),
      makePartitions: new MakePartitions(partitions, clock),
      dropPartitions: new DropPartitions(partitions, clock, events),
      keepTombstones: new KeepTombstones(stores.tombstones, clock, events, config),
      keepHolds: new KeepHolds(stores.holds, new NotedRetentionLedger(stores.purgeLedger, events), clock),
      finishErasures: new FinishErasures(stores.tombstones, stores.personal, clock),
      writeLedger: new WriteLedger(stores.purgeLedger, ledgerSigner),
    };
    return {
      module: WorkerModule,
      providers: [{ provide: WorkerDuties, useValue: new WorkerDuties(context, duties) }],
    };
  }
}
