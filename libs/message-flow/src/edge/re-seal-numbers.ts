import { addressKeyIdOf, type EdgeKeys } from '@causeway/edge-keys';
import type { AttemptKey, SealedLink, SealedNumber } from '@causeway/storage';
import type { EdgeContext } from './edge-context.js';
import { linkedNumberAad, numberAad } from './number-at-rest.js';

const BATCH = 200;

/**
 * After the monthly change of the address key: seals every number again under the new key, and destroys the old one when nothing that is
 * still needed rests under it (PROTOCOL 6). For whoever keeps the keys. Safe to interrupt and to repeat; does nothing while there is no replaced key.
 */
export class ReSealNumbers {
  constructor(
    private readonly edge: Pick<EdgeContext, 'numbers' | 'attempts' | 'links'>,
    private readonly keys: EdgeKeys,
  ) {}

  /** The ids of the keys destroyed. */
  async execute(): Promise<readonly string[]> {
    const { keys } = this;
    const replaced = new Set(keys.replacedAddressKeyIds);
    if (replaced.size === 0) return [];
    await this.reSeal(replaced);
    await this.reSealLinked(replaced);
    const needed = await this.stillNeeded();
    const destroyed: string[] = [];
    for (const keyId of replaced) {
      if (!needed.has(keyId) && (await keys.destroyAddressKey(keyId)) === 'destroyed') destroyed.push(keyId);
    }
    return destroyed;
  }

  private async reSeal(replaced: ReadonlySet<string>): Promise<void> {
    const { keys } = this;
    const { numbers } = this.edge;
    let after: SealedNumber | undefined;
    for (;;) {
      const rows = await numbers.sealedNumbers(after, BATCH);
      for (const row of rows) {
        if (!replaced.has(addressKeyIdOf(row.sealedNumber) ?? '')) continue;
        const aad = numberAad(row.tenant, row.contact);
        const number = keys.openAtRest(row.sealedNumber, aad);
        if (number) await numbers.replaceSealedNumber({ ...row, sealedNumber: keys.sealAtRest(number, aad) });
      }
      after = rows.at(-1);
      if (rows.length < BATCH) return;
    }
  }

  private async reSealLinked(replaced: ReadonlySet<string>): Promise<void> {
    const { links } = this.edge;
    let after: SealedLink | undefined;
    for (;;) {
      const rows = await links.sealedNumbers(after, BATCH);
      for (const row of rows) {
        if (!replaced.has(addressKeyIdOf(row.sealedNumber) ?? '')) continue;
        const aad = linkedNumberAad(row.tenant, row.link);
        const number = this.keys.openAtRest(row.sealedNumber, aad);
        if (number) await links.replaceSealedNumber({ ...row, sealedNumber: this.keys.sealAtRest(number, aad) });
      }
      after = rows.at(-1);
      if (rows.length < BATCH) return;
    }
  }

  /** External ids are not sealed again: their attempts end within days, and the key waits for them. */
  private async stillNeeded(): Promise<ReadonlySet<string>> {
    const { attempts } = this.edge;
    const needed = new Set<string>();
    let after: AttemptKey | undefined;
    for (;;) {
      const open = await attempts.open(after, BATCH);
      for (const row of await attempts.ofMany(open.map(({ ref }) => ref))) {
        const keyId = row.sealedExternalId && addressKeyIdOf(row.sealedExternalId);
        if (keyId) needed.add(keyId);
      }
      after = open.at(-1);
      if (open.length < BATCH) return needed;
    }
  }
}
