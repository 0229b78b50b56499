import type { Reader, StorageClass } from './table-entry.js';

/** A file or a key of Redis, by a pattern of its name. */
export interface NamedEntry {
  /** As a person reads it; what varies is in angle brackets. */
  readonly name: string;
  readonly matches: RegExp;
  /** `keys` open or sign something; `by column` is listed in the tables. */
  readonly class: StorageClass | 'keys' | 'by column';
  readonly purpose: string;
  readonly lifetime: string;
  readonly readers: readonly Reader[];
}

/** Files of a store on LevelDB: its log and tables under names that count up. */
const LEVEL_DB = String.raw`(CURRENT|LOCK|LOG(\.old)?|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))`;
const AS_LONG_AS_IT_LIVES = 'as long as the process';
const AS_LONG_AS_THE_INSTALLATION = 'as long as the installation';

/** Every file below the data folder of an installation. The database server's own is one entry: what is in it is listed by column. */
export const FILE_INVENTORY: readonly NamedEntry[] = [
  {
    name: 'database/',
    class: 'by column',
    matches: /^(database|postgres)\//,
    purpose: 'the embedded PostgreSQL server: tables, log, write-ahead log',
    lifetime:
      'that of each column; the write-ahead log holds sealed columns until it is recycled, by when their keys died; the log of the server is emptied within 30 days',
    readers: ['gateway', 'worker', 'edge'],
  },
  {
    name: 'tombstones.jsonl, tombstones-<time>.jsonl, tombstones-<time>.damaged.jsonl',
    class: 'registry',
    matches: /^tombstones(-\d+(\.damaged)?)?\.jsonl(\.\d+\.draft)?$/,
    purpose: 'what was taken back, so that the loss of the database does not bring it to life',
    lifetime:
      'as long as a backup from before may be restored (`CAUSEWAY_BACKUP_DAYS`); what may live again, a day longer at most',
    readers: ['worker'],
  },
  {
    name: 'tombstones.heads.json',
    class: 'registry',
    matches: /^tombstones\.heads\.json(\.\d+\.draft)?$/,
    purpose: 'how many lines those files had, with a digest of the last: an end that was cut off is missed',
    lifetime: 'as long as they',
    readers: ['worker'],
  },
  {
    name: 'operator-token',
    class: 'keys',
    matches: /^operator-token$/,
    purpose: 'lets an operator in',
    lifetime: 'until it is replaced',
    readers: ['gateway'],
  },
  {
    name: 'keys/<name>.key',
    class: 'keys',
    matches: /^keys\/[a-z-]+\.key(\.\w+)?$/,
    purpose:
      'keys of gateway and worker, which open no content: double acceptance, report tokens, signature of the ledger, the guard, challenges and the tokens that answer them',
    lifetime: 'per key, see protocol.md, section 6',
    readers: ['gateway', 'worker'],
  },
  {
    name: 'edge-keys/keys.sealed',
    class: 'keys',
    matches: /^edge-keys\/[a-z-]+\.sealed(\.\w+)?$/,
    purpose: 'sealed: keys of the edge, credentials of providers',
    lifetime: 'rewritten whenever a key is made or destroyed',
    readers: ['edge'],
  },
  {
    name: 'edge-keys/wrapping-<id>.key',
    class: 'keys',
    matches: /^edge-keys\/wrapping-[a-z0-9-]+\.key(\.\w+)?$/,
    purpose: 'opens the file of keys; of the file provider',
    lifetime: 'an hour',
    readers: ['edge'],
  },
  {
    name: 'edge-keys/ring',
    class: 'keys',
    matches: /^edge-keys\/ring$/,
    purpose: 'a random word by which this folder knows its keys in a hardware module',
    lifetime: AS_LONG_AS_THE_INSTALLATION,
    readers: ['edge'],
  },
  {
    name: 'edge-keys/ledger/',
    class: 'transit',
    matches: new RegExp(`^edge-keys/ledger/${LEVEL_DB}$`),
    purpose: 'which permissions to go clear were used, as digests, so that none is used twice',
    lifetime: 'until the permission itself has ended',
    readers: ['edge'],
  },
  {
    name: 'edge-keys/door',
    class: 'transit',
    matches: /^edge-keys\/door(\.\w+)?$/,
    purpose: 'socket at which edges ask the one that keeps the keys',
    lifetime: AS_LONG_AS_IT_LIVES,
    readers: ['edge'],
  },
  {
    name: 'run/<process>.sock',
    class: 'transit',
    matches: /^run\/[a-z0-9-]+\.sock$/,
    purpose: 'socket between processes',
    lifetime: AS_LONG_AS_IT_LIVES,
    readers: ['gateway', 'worker', 'edge'],
  },
];

/** Every key in Redis. Values hold random ids of lanes, counters and settings of the queue. */
export const REDIS_INVENTORY: readonly NamedEntry[] = [
  {
    name: 'causeway:region',
    class: 'registry',
    matches: /^causeway:region$/,
    purpose: 'the region whose queue this is, so that no other cell uses it',
    lifetime: AS_LONG_AS_THE_INSTALLATION,
    readers: ['gateway', 'worker', 'edge'],
  },
  {
    name: 'bull:{causeway-lanes-<track>}:id, meta, marker, stalled-check',
    class: 'transit',
    matches: queueKey('(id|meta|marker|stalled-check)'),
    purpose: 'counter, settings and state of the queue',
    lifetime: AS_LONG_AS_THE_INSTALLATION,
    readers: ['gateway', 'worker', 'edge'],
  },
  {
    name: 'bull:{causeway-lanes-<track>}:wait, active, stalled, prioritized, pc, paused',
    class: 'transit',
    matches: queueKey('(wait|active|stalled|prioritized|pc|paused)'),
    purpose: 'numbers of the jobs that wait or are under way',
    lifetime: 'until the lane was looked at',
    readers: ['gateway', 'worker', 'edge'],
  },
  {
    name: 'bull:{causeway-lanes-<track>}:<job>, <job>:lock',
    class: 'transit',
    matches: queueKey(String.raw`\d+(:lock)?`),
    purpose: 'a wake: the random id of a lane, and who is at it',
    lifetime: 'until the lane was looked at',
    readers: ['gateway', 'worker', 'edge'],
  },
  {
    name: 'bull:{causeway-lanes-<track>}:de:<lane>, dn:<lane>',
    class: 'transit',
    matches: queueKey('(de|dn|deduplication)[^ ]*'),
    purpose: 'that a lane has a wake already',
    lifetime: 'until the lane was looked at',
    readers: ['gateway', 'worker', 'edge'],
  },
  {
    name: 'bull:{causeway-lanes-<track>}:events',
    class: 'transit',
    matches: queueKey('events'),
    purpose: 'what the queue did, by numbers of jobs; nothing of ours reads it',
    lifetime: 'the last hundred, an hour at most',
    readers: ['worker'],
  },
  {
    name: 'causeway:guard:{<shard>}:<week>:<sender>, <sender>:p, t:<tenant>',
    class: 'transit',
    matches: /^causeway:guard:\{\d+\}:\d+:(t:)?[A-Za-z0-9+/_-]+(:p)?$/,
    purpose: 'counters of what senders do towards strangers, under names keyed anew each week',
    lifetime: 'two weeks at most; each key ends by itself, and the key of its name is destroyed',
    readers: ['gateway', 'worker'],
  },
];

function queueKey(rest: string): RegExp {
  return new RegExp(String.raw`^bull:\{causeway-lanes-(native|clear)\}:${rest}$`);
}

/** Names that no entry covers. */
export const unlistedIn = (inventory: readonly NamedEntry[], names: readonly string[]): readonly string[] =>
  names.filter((name) => !inventory.some(({ matches }) => matches.test(name)));
