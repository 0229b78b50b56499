import { encodePurgeEntry, LEDGER_START, purgeEntryHash, type LedgerSigner } from '@causeway/message-model';
import type { PurgeLedgerStore, PurgeNote } from '@causeway/storage';

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
    const due = await this.ledger.due(AT_ONCE);
    for (const note of due) await this.add(note);
    if (due.length === AT_ONCE) await this.execute();
  }

  private async add(note: PurgeNote): Promise<void> {
    const head = await this.ledger.head();
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
    // when another worker was faster, the next run sees what is still due
    await this.ledger.append({ sequence, entry, hash, signature: this.signer.sign(sequence, hash), publicKey }, note);
  }
}
