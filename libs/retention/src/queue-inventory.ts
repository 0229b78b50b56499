import type { TableEntry } from './table-entry.js';
import { SERVERS } from './table-entry.js';

const UNTIL_DONE = 'until the lane was looked at';
const NEVER_USED = 'made by BullMQ, never used: empty';

const OF_JOBS = {
  queue: 'which track',
  id: 'number of the job',
  seq: 'order of arrival',
  name: 'always `wake`',
  state: 'waits or is under way',
  data: 'the random id of a lane',
  opts: 'settings of the wake',
  dedup_id: 'the random id of a lane',
  lock_token: 'which process is at it',
  locked_until_ms: 'until when it may be silent',
} as const;

/** What of a job says when, how often and by whom. */
const OF_COURSE = columnsFor('course of the job, numbers only', [
  'priority',
  'delay_ms',
  'max_attempts',
  'attempts_made',
  'attempts_started',
  'processed_by',
  'added_at_ms',
  'process_at_ms',
  'processed_at_ms',
  'finished_at_ms',
  'stalled_count',
  'stalled_marked',
]);

/** Empty by the rules of the code: processors return nothing, and nothing ends as failed. */
const OF_NOTHING = columnsFor('empty: jobs return nothing and fail with nothing', [
  'progress',
  'return_value',
  'failed_reason',
  'stacktrace',
  'deferred_failure',
  'scheduler_id',
  'parent_queue',
  'parent_id',
  'parent_key',
  'pending_deps',
]);

/** BullMQ's own tables on PostgreSQL, made by its own migrations. */
export const QUEUE_INVENTORY: readonly TableEntry[] = [
  table('queue.job', UNTIL_DONE, { ...OF_JOBS, ...OF_COURSE, ...OF_NOTHING }),
  table('queue.dedup', UNTIL_DONE, {
    queue: 'which track',
    dedup_id: 'the random id of a lane',
    job_id: 'its wake',
    expire_at_ms: 'unused',
  }),
  table('queue.dedup_next', UNTIL_DONE, {
    queue: 'which track',
    dedup_id: 'the random id of a lane',
    payload: 'the wake that comes next: the same id',
  }),
  table('queue.event', 'the last hundred, an hour at most', {
    queue: 'which track',
    id: 'order',
    event: 'what happened',
    data: 'numbers of jobs and ids of lanes',
    created_at_ms: 'when it happened',
  }),
  table('queue.meta', 'as long as the installation', {
    queue: 'which track',
    field: 'name of a setting',
    value: 'its value',
  }),
  table('queue.migration', 'as long as the installation', {
    version: 'of the tables',
    name: 'of the step',
    min_client_version: 'oldest that works with it',
    applied_at: 'when it was made',
  }),
  ...Object.entries({
    'queue.job_dependency': words('parent_queue parent_id child_queue child_id child_key status value'),
    'queue.job_log': words('queue job_id idx row'),
    'queue.metrics': words('queue kind count prev_ts prev_count data'),
    'queue.rate_limit': words('queue points expire_at_ms'),
    'queue.relay_inbox': words('id ns node_id kind topic mid ts data endpoints'),
    'queue.relay_node': words('ns node_id lease_until registered_at last_heartbeat info backlog dropped in_flight'),
    'queue.relay_retained': words('ns topic mid ts data expires_at'),
    'queue.relay_subscription': words('ns node_id endpoint_id pattern root'),
    'queue.scheduler': words(
      'queue scheduler_id name next_run_ms pattern every_ms tz start_date_ms end_date_ms limit_count iteration_count template_data template_opts producer_id offset_ms',
    ),
  }).map(([name, columns]) => table(name, NEVER_USED, columnsFor('never used', columns))),
];

/** Tables of which the inventory says that nothing is ever in them. */
export const NEVER_USED_TABLES: readonly string[] = QUEUE_INVENTORY.filter(
  ({ lifetime }) => lifetime === NEVER_USED,
).map((entry) => entry.table);

function table(name: string, lifetime: string, columns: Readonly<Record<string, string>>): TableEntry {
  return { table: name, lifetime, readers: SERVERS, defaultClass: 'transit', columns };
}

function words(names: string): readonly string[] {
  return names.split(' ');
}

function columnsFor(purpose: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, purpose]));
}
