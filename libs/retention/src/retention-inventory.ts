import type { TableEntry } from './table-entry.js';

/** What the purge itself keeps; backed up with the registry. */
export const RETENTION_INVENTORY: readonly TableEntry[] = [
  {
    table: 'registry.retention_wish',
    lifetime: 'while the tenant exists; a wish that was taken back stays as an empty one',
    readers: ['gateway', 'worker'],
    defaultClass: 'registry',
    columns: {
      tenant_id: 'owner',
      account_id: 'which account asked; empty for the tenant',
      conversation_id: 'for which conversation; empty for all',
      class: 'class of the table of policies',
      keep_seconds: 'how long it is to be kept at most; empty when taken back',
      set_at: 'since when it holds',
    },
  },
  {
    table: 'registry.purge_ledger',
    lifetime: 'for ever: it is the proof',
    readers: ['gateway', 'worker', 'devices'],
    defaultClass: 'registry',
    columns: {
      sequence: 'order, without gaps',
      entry:
        'class, partition or key, rows (of a partition an estimate), bytes, times, scan result, hash of the entry before; no ids of messages or people',
      hash: 'of the entry',
      signature: 'over sequence and hash',
      public_key: 'whose signature it is',
    },
  },
  {
    table: 'registry.purge_note',
    lifetime: 'until it is an entry of the ledger, seconds after the purge',
    readers: ['worker', 'edge'],
    defaultClass: 'registry',
    columns: {
      class: 'table, or track of a key',
      key_id: 'partition or key',
      row_count: 'rows, an estimate: as PostgreSQL’s own counters had them just before',
      byte_count: 'size on disk before it went',
      key_check: 'digest by which a copy of a destroyed key could be told',
      noted_at: 'when the purge began',
      dropped_at: 'when it was gone',
      destroyed_at: 'when the key was gone',
      scan: 'where its bytes lay, then what a look there found',
    },
  },
];
