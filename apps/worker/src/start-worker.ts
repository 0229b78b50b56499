import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import { LedgerSigner } from '@causeway/message-model';
import { sharedKey } from '@causeway/process-context';
import { WorkerModule, type WorkerOptions } from './worker.module.js';

export interface RunningWorker {
  close(): Promise<void>;
}

/** Begins to drain lanes and to sweep. */
export async function startWorker(options: Omit<WorkerOptions, 'ledgerSigner'>): Promise<RunningWorker> {
  const seed = await sharedKey(join(options.context.config.dataFolder, 'keys'), 'ledger.key');
  const app = await NestFactory.createApplicationContext(
    WorkerModule.with({ ...options, ledgerSigner: new LedgerSigner(seed) }),
    {
      logger: false,
      abortOnError: false,
    },
  );
  return { close: () => app.close() };
}
