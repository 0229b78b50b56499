import type { Events } from '@causeway/platform/server';
import type { PurgeLedgerStore } from '@causeway/storage';

/** Something that everyone may see happened to what is kept: no account, no person, no number. */
export interface RetentionEntry {
  readonly class: 'hold-begun' | 'hold-ended';
  /** Random id. */
  readonly keyId: string;
  readonly at: Date;
}

/** Where operators cannot hide what they keep. Resolves when the entry will be there whatever happens; the same entry may come again. */
export interface RetentionLedger {
  append(entry: RetentionEntry): Promise<void>;
}

/** Notes that become entries of the signed ledger within seconds. */
export class NotedRetentionLedger implements RetentionLedger {
  constructor(
    private readonly ledger: PurgeLedgerStore,
    private readonly events: Events,
  ) {}

  async append({ class: name, keyId, at }: RetentionEntry): Promise<void> {
    await this.ledger.note({ class: name, keyId, at });
    this.events.retentionNoted({ class: name, keyId });
  }
}
