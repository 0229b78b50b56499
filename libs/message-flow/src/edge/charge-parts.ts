import type { TenantId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import type { SpendingStore, SpendingWish, Spent } from '@causeway/storage';
import { GroupCommit } from '../group-commit.js';

const DAY_MS = 24 * 3_600_000;
/** Nobody waits for it: one statement a second is for all parts that were carried. */
const GATHER_MS = 1_000;
/** What was carried is counted whatever is left. */
const NO_LIMIT = { ofCountry: Number.MAX_SAFE_INTEGER, ofAll: Number.MAX_SAFE_INTEGER } as const;

/**
 * Counts the further parts of a long message. The gateway, which counts one when it accepts, cannot read how long the words are; the carrier
 * says it when it took them.
 */
export class ChargeParts {
  private readonly wishes: GroupCommit<SpendingWish, Spent>;

  constructor(
    spending: SpendingStore,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {
    this.wishes = new GroupCommit((wishes) => spending.spend(wishes), {
      maxItems: 200,
      maxUnderWay: 1,
      gatherMs: GATHER_MS,
      busyItems: 1,
    });
  }

  /** Resolves when they are counted. What could not be counted is said, and is lost. */
  async execute(tenant: TenantId, country: string, segments: number): Promise<void> {
    const day = Math.floor(this.clock.nowMs() / DAY_MS);
    try {
      await this.wishes.add({ tenant, day, country, units: segments - 1, ...NO_LIMIT });
    } catch (thrown) {
      this.events.bugCaught({ component: 'charge-parts', thrown });
    }
  }
}
