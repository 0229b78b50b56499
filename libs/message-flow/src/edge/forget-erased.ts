import type { EdgeLedger } from '@causeway/edge-keys';
import { fromBase64Url } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { openAccountErasure } from '@causeway/signal-protocol';
import type { ErasedAccount, TombstoneStore } from '@causeway/storage';

const DAY_MS = 24 * 3_600_000;
/** As long as tombstones are kept, and longer. */
const LOOK_BACK_DAYS = 400;

/**
 * Forgets what the edge itself pinned of accounts that were erased. The database is not believed: only a wish signed with the key that is
 * pinned counts, so that nobody who writes there can make the edge take another key for somebody.
 */
export class ForgetErased {
  private since: Date;

  constructor(
    private readonly tombstones: Pick<TombstoneStore, 'erasedAccounts'>,
    private readonly ledger: Pick<EdgeLedger, 'accountKey' | 'forgetAccount'>,
    private readonly clock: Clock,
  ) {
    this.since = new Date(clock.nowMs() - LOOK_BACK_DAYS * DAY_MS);
  }

  async execute(): Promise<void> {
    const lookedAt = this.clock.nowMs();
    for (const erased of await this.tombstones.erasedAccounts(this.since)) await this.forget(erased);
    // clocks of processes differ by seconds
    this.since = new Date(lookedAt - DAY_MS);
  }

  private async forget({ tenant, account, statement, signature }: ErasedAccount): Promise<void> {
    const pinned = await this.ledger.accountKey(tenant, account);
    const [bytes, signed] = [fromBase64Url(statement), fromBase64Url(signature)];
    if (!pinned || !bytes || !signed) return;
    const erasure = openAccountErasure({ bytes, signature: signed }, pinned);
    if (erasure?.tenant === tenant && erasure.account === account) await this.ledger.forgetAccount(tenant, account);
  }
}
