import { lifetimeOf } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { HoldStore } from '@causeway/storage';
import type { RetentionLedger } from './retention-ledger.js';

/**
 * Carries holds out: shows each in the retention ledger first, then copies what the account does, ends those whose time is over. There is no
 * content to hold. Metadata lives for days, so a copy every few seconds misses nothing.
 */
export class KeepHolds {
  constructor(
    private readonly holds: HoldStore,
    private readonly ledger: RetentionLedger,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    const now = this.clock.now();
    await this.holds.endExpired(now);
    for (const news of await this.holds.news()) {
      await this.ledger.append({ class: news.event, keyId: news.id, at: now });
      await this.holds.announced(news, now);
    }
    await this.holds.copy(now);
    await this.holds.forgetEnded(new Date(now.getTime() - lifetimeOf('ended-holds').ms));
  }
}
