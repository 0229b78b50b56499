import { linkedNumberAad } from '@causeway/message-flow/edge';
import { mintLinkId, utf8 } from '@causeway/message-model';
import { SEEDED, type BenchDevice } from '../bench/site/seed-accounts.js';
import type { TimingField } from './timing-field.js';

/** As many as one account may have. */
const LINKS_OF_ACCOUNT = 20;
const BATCH = 5_000;

/** A number of the United States that is like no other: neighbours in the row are no neighbours as numbers. */
export function numberAt(place: number): string {
  const scattered = (place * 7_368_787) % 7_990_000;
  return `+1212${String(2_000_000 + scattered)}`;
}

/** Has these numbers linked by new accounts, as the edge writes a link that was proved; answers with whose each is. */
export async function linkNumbers(
  field: TimingField,
  numbers: readonly string[],
  findable: 'nobody' | 'contacts' | 'everyone',
): Promise<readonly BenchDevice[]> {
  const owners = await field.people(Math.ceil(numbers.length / LINKS_OF_ACCOUNT));
  const ownerOf = (index: number): BenchDevice => {
    const owner = owners[Math.floor(index / LINKS_OF_ACCOUNT)];
    if (!owner) throw new Error('a number without an owner');
    return owner;
  };
  const { tenant } = SEEDED;
  for (let from = 0; from < numbers.length; from += BATCH) {
    const rows = numbers.slice(from, from + BATCH).map((e164, index) => {
      const link = mintLinkId();
      const { digest, version } = field.edgeKeys.numberDigest('link', tenant, e164);
      const sealed = field.edgeKeys.sealAtRest(utf8(e164), linkedNumberAad(tenant, link));
      const { account } = ownerOf(from + index);
      return { link, account, version, digest: hex(digest), sealed: hex(sealed) };
    });
    await field.database.rows(
      `INSERT INTO registry.link (tenant_id, id, account_id, kind, number_digest, digest_version, sealed_number, country, findable, proved_at, expires_at)
       SELECT $1, link, account, 'number', decode(digest, 'hex'), version, decode(sealed, 'hex'), 'US', $3, now(), now() + interval '300 days'
       FROM jsonb_to_recordset($2::jsonb) AS l(link text, account text, version int, digest text, sealed text)`,
      tenant,
      JSON.stringify(rows),
      findable,
    );
  }
  return numbers.map((_, index) => ownerOf(index));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
