import { lifetimeOf } from '@causeway/message-model';
import { SERVERS, type TableEntry } from './table-entry.js';

/** What keeps backups, erasure, holds and regions honest. */
export const CUSTODY_INVENTORY: readonly TableEntry[] = [
  {
    table: 'registry.cell',
    lifetime: 'as long as the database',
    readers: SERVERS,
    defaultClass: 'registry',
    columns: {
      is_only: 'there is one row',
      region: 'the region of this database, for good',
      created_at: 'when the first tenant came',
    },
  },
  {
    table: 'registry.tombstone',
    lifetime:
      'as long as a backup may be restored (`CAUSEWAY_BACKUP_DAYS`); also in `tombstones.jsonl` of the data folder',
    readers: ['worker', 'edge'],
    defaultClass: 'registry',
    columns: {
      table_name: 'what was taken back',
      key: 'which of them',
      kind: 'removed, or narrowed',
      row: 'of a removal its key alone; of a refusal, a block, a STOP, a rule, a switch or a wish its latest form',
      proof: 'of an erased account: the signed wish, which the edge checks',
      at: 'when it was taken back',
    },
  },
  {
    table: 'registry.hold',
    lifetime: `until ${lifetimeOf('ended-holds').days} days after its end`,
    readers: ['gateway', 'worker'],
    defaultClass: 'registry',
    columns: {
      id: 'names the hold towards the operator',
      tenant_id: 'whose account',
      account_id: 'the account held',
      reference: 'why, in the operator’s own words',
      began_at: 'nothing older is copied',
      ends_at: 'when it ends by itself',
      announced_at: 'since when the retention ledger shows it: nothing is copied before',
      ended_at: 'when it ended',
      end_announced_at: 'since when the ledger shows that',
    },
  },
  {
    table: 'registry.held_message',
    lifetime: 'until its hold ends',
    readers: ['gateway'],
    defaultClass: 'registry',
    columns: {
      hold_id: 'its hold',
      message_ref: 'the message',
      metadata: 'its row of transit.message: no words, there are none to copy',
      copied_at: 'when it was last copied',
    },
  },
];
