import { SILENT_LOGGER, type Logger } from '@causeway/platform';
import type { QueueBackend } from './backend.js';
import { Lanes } from './lanes.js';
import { prepareBackend } from './prepare-backend.js';

/** The queue of one process. Everything in it can be lost without losing a message. */
export class WorkQueue {
  private constructor(readonly lanes: Lanes) {}

  /** Throws `StartupProblem` when the backend does not answer or would forget jobs. Makes the schema `queue` on PostgreSQL. */
  static async open(where: QueueBackend, log: Logger = SILENT_LOGGER): Promise<WorkQueue> {
    await prepareBackend(where);
    return new WorkQueue(new Lanes(where, log.for('work-queue')));
  }

  /** Waits for the lanes being drained. */
  async close(): Promise<void> {
    await this.lanes.close();
  }
}
