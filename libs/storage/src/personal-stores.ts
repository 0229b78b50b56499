import { lifetimeOf, type RetentionClass } from '@causeway/message-model';

/** What a store has of one account, where it is found, and what becomes of it when the account is erased. */
export interface PersonalStore {
  readonly table: string;
  /** Rows of the account as a condition on `t`: `$1` tenant, `$2` account. */
  readonly rows: string;
  /** `count`: boxes and digests, of which there is nothing to show. */
  readonly exports: 'rows' | 'count';
  /** Columns that are keys, digests or sealed, and say nothing to the person. */
  readonly omit: readonly string[];
  /** `cascades`: the database deletes them with the account. */
  readonly erasure: 'deleted' | 'cascades';
}

/** A table without rows that belong to an account, with the reason. */
export interface ImpersonalStore {
  readonly table: string;
  readonly why: string;
}

const OF_ACCOUNT = 't.tenant_id = $1 AND t.account_id = $2';
const MESSAGES = 'SELECT m.id FROM transit.message m WHERE m.tenant_id = $1 AND m.account_id = $2';
const ITEMS = 'SELECT i.purge_hour, i.inbox_id FROM transit.inbox_item i WHERE i.tenant_id = $1 AND i.account_id = $2';
const LANES = 'SELECT l.id FROM transit.lane l WHERE l.tenant_id = $1 AND l.account_id = $2';

const transit = (
  table: string,
  rows: string,
  { exports = 'count', omit = [] }: Partial<Pick<PersonalStore, 'exports' | 'omit'>> = {},
): PersonalStore => ({ table: `transit.${table}`, rows, exports, omit, erasure: 'deleted' });

const registry = (
  table: string,
  rows: string,
  { exports = 'rows', omit = [] }: Partial<Pick<PersonalStore, 'exports' | 'omit'>> = {},
): PersonalStore => ({
  table: `registry.${table}`,
  rows,
  exports,
  omit,
  erasure: table === 'account' ? 'deleted' : 'cascades',
});

/**
 * Every table with rows of an account, in the order in which they are deleted: what is found through another table goes before it. A table
 * of the database that is neither here nor in `IMPERSONAL_STORES` fails a test.
 */
export const PERSONAL_STORES: readonly PersonalStore[] = [
  transit('open_attempt', `t.message_ref IN (${MESSAGES})`),
  transit('attempt', `t.message_ref IN (${MESSAGES})`, { exports: 'rows', omit: ['sealed_external_id', 'purge_hour'] }),
  transit('envelope', `t.id IN (${MESSAGES})`),
  transit('accepted', `t.message_ref IN (${MESSAGES})`),
  transit('statement_use', `t.tenant_id = $1 AND t.message_ref IN (${MESSAGES})`),
  transit('lane_item', `t.lane_id IN (${LANES})`),
  transit('lane', OF_ACCOUNT),
  transit('inbox', `(t.purge_hour, t.id) IN (${ITEMS})`),
  transit('inbox_item', OF_ACCOUNT),
  transit('message', OF_ACCOUNT, { exports: 'rows', omit: ['purge_hour', 'lane_id', 'position'] }),
  transit('link_challenge', OF_ACCOUNT),
  transit('registration', OF_ACCOUNT, { exports: 'rows' }),
  transit('abuse_decision', OF_ACCOUNT, { exports: 'rows', omit: ['purge_hour'] }),
  registry('one_time_key', OF_ACCOUNT, { exports: 'count' }),
  registry('device', OF_ACCOUNT, { omit: ['token_digest'] }),
  { ...registry('retention_wish', OF_ACCOUNT), erasure: 'deleted' },
  // what others decided about this person is theirs, and a block is never told; what was decided about an address before it was heard of is
  // not shown, since there is a row only where somebody is
  registry(
    'consent',
    "t.tenant_id = $1 AND t.owner_account = $2 AND (t.requested_at IS NOT NULL OR t.state = 'granted')",
  ),
  registry('contact', OF_ACCOUNT, { omit: ['contact_digest', 'binding_digest', 'digest_version', 'sealed_number'] }),
  registry('link', '(t.tenant_id = $1 AND t.account_id = $2) OR (t.tenant_id = $1 AND t.linked_account = $2)', {
    omit: ['number_digest', 'digest_version', 'sealed_number'],
  }),
  registry('alias', OF_ACCOUNT),
  registry('preference', OF_ACCOUNT),
  registry('privacy_switch', OF_ACCOUNT),
  registry('route_choice', OF_ACCOUNT),
  registry('revoked_statement', OF_ACCOUNT),
  registry('account', 't.tenant_id = $1 AND t.id = $2'),
];

export const IMPERSONAL_STORES: readonly ImpersonalStore[] = [
  { table: 'registry.tenant', why: 'of the installation' },
  { table: 'registry.cell', why: 'of the database' },
  { table: 'registry.invite', why: 'it does not say who used it' },
  { table: 'registry.number_key_wish', why: 'of the operator' },
  { table: 'registry.opt_out', why: 'of a telephone that said STOP, whoever has it as a contact; a keyed digest' },
  { table: 'registry.tombstone', why: 'what was taken back; it remains, see whatRemains' },
  { table: 'registry.hold', why: 'the operator’s, until the hold ends; it remains, see whatRemains' },
  { table: 'registry.held_message', why: 'the operator’s, until the hold ends; it remains, see whatRemains' },
  { table: 'registry.purge_ledger', why: 'what went, without whose' },
  { table: 'registry.purge_note', why: 'what is to stand in that ledger' },
  { table: 'transit.report', why: 'digests under keys that die within days; they name nobody' },
  { table: 'registry.native_host', why: 'of the tenant' },
  { table: 'registry.retired_binding', why: 'a keyed digest of a telephone and a bridge number, without an account' },
  { table: 'transit.discovery', why: 'keyed digests that are dropped after their day; they name nobody' },
  { table: 'transit.guard_conduct', why: 'names under keys that die within two weeks; they name nobody' },
  { table: 'transit.guard_pair', why: 'names under keys that die within two weeks; they name nobody' },
  { table: 'transit.guard_tally', why: 'counts of a tenant' },
  { table: 'transit.spent_token', why: 'a digest of a token that nobody can join to whom it was signed for' },
  { table: 'transit.voucher', why: 'a digest of what the operator handed out; it does not say to whom' },
  { table: 'transit.spending', why: 'counts of a tenant, by country and day' },
  { table: 'transit.received', why: 'keyed digests of what carriers reported, without an account' },
];

const daysOf = (name: RetentionClass): string => `${lifetimeOf(name).days} days`;

/** Something that is left when an account was erased. */
export interface Remainder {
  readonly what: string;
  readonly until: string;
  readonly why: string;
}

/** What is left when an account was erased: told to the person who erases it, whether or not there is any of it. */
export const whatRemains = ({ backupDays }: { readonly backupDays: number }): readonly Remainder[] => [
  {
    what: 'that this account id was erased',
    until: `${backupDays} days`,
    why: 'a backup restored later must not bring it back',
  },
  {
    what: 'whom the account had blocked, in the file of what was taken back',
    until: 'a day',
    why: 'lines are only added to that file, and it is written anew each day',
  },
  {
    what: 'backups from before',
    until: `${backupDays} days`,
    why: 'they are not restored after that; the operator deletes them',
  },
  {
    what: 'what an operator’s legal hold copied, if there is one',
    until: 'the hold ends',
    why: 'metadata only, visible as a hold in the retention ledger',
  },
  {
    what: 'digests of what carriers reported',
    until: daysOf('duplicates'),
    why: 'so that a webhook sent again does nothing; they name nobody',
  },
  {
    what: 'digests of telephones and numbers of ours that wrote to each other',
    until: daysOf('retired-bindings'),
    why: 'so that a late answer reaches nobody else; keyed, and without an account',
  },
  {
    what: 'counters of the spam guard and digests of reports',
    until: daysOf('abuse-windows'),
    why: 'under names whose keys are destroyed by then; they name nobody',
  },
  { what: 'opt-outs of telephones', until: 'they say START', why: 'they are theirs; keyed digests' },
  {
    what: 'counters without a name',
    until: 'a process restarts',
    why: 'how many messages there were, of everybody together',
  },
  {
    what: 'ids in the operator’s logs',
    until: 'the operator deletes them',
    why: 'message and account ids; no words, no numbers',
  },
  {
    what: 'what was received',
    until: 'its recipients delete it',
    why: 'it is on their devices and telephones, and at carriers',
  },
];
