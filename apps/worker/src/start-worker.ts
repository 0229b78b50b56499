import { NestFactory } from '@nestjs/core';
import { WorkerModule, type WorkerOptions } from './worker.module.js';

export interface RunningWorker {
  close(): Promise<void>;
}

/** Begins to drain lanes and to sweep. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const app = await NestFactory.createApplicationContext(WorkerModule.with(options), {
    logger: false,
    abortOnError: false,
  });
  return { close: () => app.close() };
}
