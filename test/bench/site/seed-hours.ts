import { randomBytes } from 'node:crypto';
import type { PartitionStore } from '@causeway/storage';
import type { DatabaseAccess } from '../../support/database-access.js';

/** About what a short message comes to, sealed for two devices. */
const ENVELOPE_BYTES = 600;
const HOUR_MS = 3_600_000;
/** After its end the metadata of a message stays for a week. */
const METADATA_HOURS = 168;
const EACH = 'FROM generate_series(1, $2::int) n';

interface HourToSeed {
  readonly hour: number;
  readonly envelopes: number;
}

/**
 * Fills one hour with messages that ended: metadata, sealed words and an item in an inbox each, with their narrow rows. The rows never go
 * through a lane; only their number and size matter here, and when they are to go.
 */
export async function seedHour(
  database: DatabaseAccess,
  partitions: PartitionStore,
  { hour, envelopes }: HourToSeed,
): Promise<void> {
  await seedMetadata(database, partitions, { hour, envelopes });
  await partitions.ensure('i', hour);
  const noise = randomBytes(ENVELOPE_BYTES);
  await database.rows(
    `INSERT INTO transit.envelope (purge_hour, id, sealed) SELECT $1::int, 'm' || $1::int || '-' || n, sha256(n::text::bytea) || $3::bytea ${EACH}`,
    hour,
    envelopes,
    noise,
  );
  await database.rows(
    `INSERT INTO transit.inbox (purge_hour, id, tenant_id, account_id, device_id, kind, body, expires_at)
     SELECT $1::int, 'i' || $1::int || '-' || n, 'default', 'bench', 1, 'box', $3::bytea, $4::timestamptz ${EACH}`,
    hour,
    envelopes,
    noise,
    new Date(hour * HOUR_MS),
  );
}

/** What is left of the messages that ended a week before `hour`. */
export async function seedMetadata(
  database: DatabaseAccess,
  partitions: PartitionStore,
  { hour, envelopes }: HourToSeed,
): Promise<void> {
  await partitions.ensure('m', hour);
  await database.rows(
    `INSERT INTO transit.message (purge_hour, id, tenant_id, account_id, device_id, message_id, conversation_id, lane_id, position, floor,
       on_unknown, leg, state, deliver_before, accepted_at, updated_at)
     SELECT $1::int, 'm' || $1::int || '-' || n, 'default', 'bench', 1, sha256(n::text::bytea), 'c' || n % 1000, 'l' || n % 1000, n, 'sealed',
       'report', 'native', 'delivered', $3::timestamptz, $3::timestamptz, $3::timestamptz ${EACH}`,
    hour,
    envelopes,
    new Date((hour - METADATA_HOURS) * HOUR_MS),
  );
  await database.rows(
    `INSERT INTO transit.accepted (digest, fingerprint, message_ref, purge_hour)
     SELECT sha256(($1::int || ' ' || n)::bytea), sha256(n::text::bytea), 'm' || n, $1::int ${EACH}`,
    hour,
    envelopes,
  );
}
