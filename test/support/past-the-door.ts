import { acceptedSchema } from '@causeway/api-contract';
import { encodeCbor } from '@causeway/message-model';
import type { SignedStatement } from '@causeway/signal-protocol';
import { requestFor, sealedBody, type ClearDraft } from './clear-message.js';
import type { DatabaseAccess } from './database-access.js';
import type { RawDevice } from './raw-device.js';

/** What a gateway that lies writes beside a message, instead of what its sender made. */
export interface Forgery {
  readonly draft: ClearDraft;
  readonly statement: SignedStatement | null;
  /** Columns of the message's row that are changed as well, by name. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

/**
 * Puts a body beside a message that waits on its sender's device, as a gateway would that checks nothing: the row becomes ready and its
 * lane due, so that only the edge stands between it and the carrier. Returns the gateway's id of the message.
 */
export async function writePastTheDoor(
  device: RawDevice,
  database: DatabaseAccess,
  { draft, statement, columns = {} }: Forgery,
): Promise<string> {
  const header = requestFor(draft, { leg: 'none', reason: 'downgrade' });
  const { id } = acceptedSchema.parse((await device.send(header)).document);
  const body = await sealedBody(device, draft);
  const row = {
    state: 'ready',
    reason: null,
    leg: 'clear',
    plan_digest: body.planDigest,
    networks: [...body.networks],
    edge_key_id: body.keyId,
    ...columns,
  };
  const assignments = Object.keys(row).map((column, index) => `${column} = $${index + 2}`);
  const signed = statement && Buffer.from(encodeCbor([statement.bytes, statement.signature]));
  await database.rows('BEGIN');
  await database.rows(`UPDATE transit.message SET ${assignments.join(', ')} WHERE id = $1`, id, ...Object.values(row));
  await database.rows(
    'INSERT INTO transit.envelope (purge_hour, id, sealed, statement) SELECT purge_hour, id, $2, $3 FROM transit.message WHERE id = $1',
    id,
    Buffer.from(body.box),
    signed,
  );
  await wakeLaneOf(database, id);
  await database.rows('COMMIT');
  return id;
}

export async function wakeLaneOf(database: DatabaseAccess, id: string): Promise<void> {
  await database.rows(
    `UPDATE transit.lane SET due_at = now(), revision = revision + 1
     WHERE id = (SELECT lane_id FROM transit.message WHERE id = $1)`,
    id,
  );
}
