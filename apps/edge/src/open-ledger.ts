import { setTimeout } from 'node:timers/promises';
import { EdgeLedger } from '@causeway/edge-keys';
import { StartupProblem } from '@causeway/platform';

/** An edge whose parent was killed ends what it does before it lets go of its folder. */
const PATIENCE_MS = 12_000;
const TRY_EVERY_MS = 100;

/** Opens the ledger, whose lock lets one process at a time into the key folder; waits a while for one that is about to end. */
export async function openLedger(folder: string): Promise<EdgeLedger> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await EdgeLedger.open({ folder });
    } catch (error) {
      if (!isLocked(error)) throw error;
      if (performance.now() > giveUpMs) {
        throw new StartupProblem(
          `Another edge uses the keys in ${folder}.`,
          'Stop it first, or choose another CAUSEWAY_EDGE_KEY_FOLDER.',
          { cause: error },
        );
      }
      await setTimeout(TRY_EVERY_MS);
    }
  }
}

const isLocked = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  error.cause.code === 'LEVEL_LOCKED';
