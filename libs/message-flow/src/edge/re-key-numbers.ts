import type { EdgeKeys } from '@causeway/edge-keys';
import type { Clock } from '@causeway/platform';
import type { NumberDigestStore, OutdatedContact, OutdatedLink } from '@causeway/storage';
import { linkedNumberAad, nameUnderAlias, numberAad } from './number-at-rest.js';

const BATCH = 200;
const DAY_SECONDS = 86_400;

/**
 * Brings look-up digests of numbers under new keys, yearly or when the operator asked, and destroys each older key once nothing is found by
 * it alone and no
 * backup that may be restored has rows under it (PROTOCOL 3). For whoever keeps the keys. Both versions are looked up meanwhile, so nothing waits for it; safe to interrupt and to
 * repeat. Of a phone that is nobody's contact only the digest of its opt-out is kept: no new one can be made of it, so that key stays.
 */
export class ReKeyNumbers {
  constructor(
    private readonly digests: NumberDigestStore,
    private readonly keys: EdgeKeys,
    private readonly options: {
      readonly clock: Clock;
      /** A backup from before the renewal may be restored for so long, and its rows are found by the older keys. */
      readonly backupDays: number;
    },
  ) {}

  /** The ids of the keys destroyed. */
  async execute(): Promise<readonly string[]> {
    const replaced = this.keys.replacedNumberPurposes;
    if (replaced.length === 0) return [];
    const version = this.keys.numberVersion;
    await this.reKeyContacts(version);
    await this.reKeyLinks(version);
    const { clock, backupDays } = this.options;
    if (clock.nowMs() < (this.keys.numberKeysMadeAt + backupDays * DAY_SECONDS) * 1000) return [];
    const outdated = await this.digests.outdated(version, clock.now());
    const destroyed: string[] = [];
    for (const purpose of replaced)
      if (!outdated[purpose]) destroyed.push(...(await this.keys.destroyOldNumberKeys(purpose)));
    return destroyed;
  }

  /** Makes new keys where the operator asked for them. One small question; the numbers follow with `execute`. */
  async renewWhenAsked(): Promise<void> {
    const askedAt = await this.digests.askedAt();
    if (!askedAt) return;
    await this.keys.renewNumberKeys();
    await this.digests.obeyed(askedAt);
  }

  private async reKeyContacts(version: number): Promise<void> {
    const { keys, digests } = this;
    let after: OutdatedContact | undefined;
    for (;;) {
      const rows = await digests.outdatedContacts(version, after, BATCH);
      const opened = rows.flatMap(({ tenant, contact, alias, sealedNumber }) => {
        const number = keys.openAtRest(sealedNumber, numberAad(tenant, contact));
        return number ? [{ tenant, contact, alias, e164: Buffer.from(number).toString() }] : [];
      });
      await digests.renewContacts(
        version,
        opened.map(({ tenant, contact, alias, e164 }) => ({
          tenant,
          contact,
          contactDigest: keys.numberDigest('contact', tenant, alias ? nameUnderAlias(alias, e164) : e164).digest,
          bindingDigest: keys.numberDigest('binding', tenant, e164).digest,
        })),
      );
      await digests.renewOptOuts(
        version,
        opened.flatMap(({ tenant, e164 }) => {
          const [newest, ...former] = keys.numberDigests('opt-out', tenant, e164);
          return newest ? former.map((one) => ({ tenant, formerDigest: one.digest, digest: newest.digest })) : [];
        }),
      );
      after = rows.at(-1);
      if (rows.length < BATCH) return;
    }
  }

  private async reKeyLinks(version: number): Promise<void> {
    const { keys, digests } = this;
    let after: OutdatedLink | undefined;
    for (;;) {
      const rows = await digests.outdatedLinks(version, after, BATCH);
      await digests.renewLinks(
        version,
        rows.flatMap(({ tenant, link, sealedNumber }) => {
          const number = keys.openAtRest(sealedNumber, linkedNumberAad(tenant, link));
          if (!number) return [];
          return [
            { tenant, link, numberDigest: keys.numberDigest('link', tenant, Buffer.from(number).toString()).digest },
          ];
        }),
      );
      after = rows.at(-1);
      if (rows.length < BATCH) return;
    }
  }
}
