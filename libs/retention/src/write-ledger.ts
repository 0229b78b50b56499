import { encodePurgeEntry, LEDGER_START, purgeEntryHash, type LedgerSigner } from '@causeway/message-model';
import type { LedgerRow, PurgeLedgerStore, PurgeNote } from '@causeway/storage';

const AT_ONCE = 100;

/**
 * Makes an entry of every note of something that is gone. Several workers may do it at once: the sequence number decides who was first, and
 * the note goes with its entry, so that each purge has one.
 */
export class WriteLedger {
  constructor(
    private readonly ledger: PurgeLedgerStore,
    private readonly signer: LedgerSigner,
  ) {}

  async execute(): Promise<void> {
    for (let isMore = true; isMore;) {
      const due = await this.ledger.due(AT_ONCE);
      isMore = (await this.addAll(due)) && due.length === AT_ONCE;
    }
  }

  /** False when another worker writes: the next run sees what is still due. */
  private async addAll(due: readonly PurgeNote[]): Promise<boolean> {
    let head = due.length === 0 ? undefined : await this.ledger.head();
    for (const note of due) {
      const row = this.entryAfter(head, note);
      if (!(await this.ledger.append(row, note))) return false;
      head = row;
    }
    return true;
  }

  private entryAfter(head: LedgerRow | undefined, note: PurgeNote): LedgerRow {
    const sequence = (head?.sequence ?? 0) + 1;
    const { class: name, keyId, rows, sizeBytes, keyCheck, scan } = note;
    const facts = { class: name, keyId, rows, sizeBytes, keyCheck, scan };
    const entry = encodePurgeEntry({
      ...facts,
      sequence,
      droppedAt: note.droppedAt?.getTime() ?? null,
      destroyedAt: note.destroyedAt?.getTime() ?? null,
      previousHash: head?.hash ?? LEDGER_START,
    });
    const hash = purgeEntryHash(entry);
    const { publicKey } = this.signer;
    return { sequence, entry, hash, signature: this.signer.sign(sequence, hash), publicKey };
  }
}
