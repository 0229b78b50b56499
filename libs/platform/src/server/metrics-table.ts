/** A metric of ours. Labels have few values each: never an id, a number or anything of a person (prometheus.io/docs/practices/naming). */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[];
}

const LATENCY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Every metric there is; `docs/metrics.md` is generated from it. */
export const METRICS = {
  causeway_http_requests_total: { kind: 'counter', help: 'Requests answered.', labels: ['method', 'route', 'status'] },
  causeway_http_request_seconds: {
    kind: 'histogram',
    help: 'Time to answer a request.',
    labels: ['route'],
    buckets: LATENCY_SECONDS,
  },
  causeway_socket_submit_seconds: {
    kind: 'histogram',
    help: 'Time to accept a message that came over a socket.',
    labels: [],
    buckets: LATENCY_SECONDS,
  },
  causeway_problems_total: { kind: 'counter', help: 'Requests refused, by the code of the problem.', labels: ['code'] },
  causeway_messages_accepted_total: {
    kind: 'counter',
    help: 'Messages committed to the database.',
    labels: ['leg', 'direction'],
  },
  causeway_messages_waiting_total: {
    kind: 'counter',
    help: 'Messages left on the device of their sender, by the reason.',
    labels: ['reason'],
  },
  causeway_messages_finished_total: {
    kind: 'counter',
    help: 'Messages that reached a terminal state.',
    labels: ['leg', 'state'],
  },
  causeway_delivery_attempts_total: {
    kind: 'counter',
    help: 'Attempts on a clear network, by how they ended.',
    labels: ['network', 'outcome'],
  },
  causeway_delivery_attempt_seconds: {
    kind: 'histogram',
    help: 'Time a carrier took to answer.',
    labels: ['network'],
    buckets: LATENCY_SECONDS,
  },
  causeway_unknown_vendor_codes_total: {
    kind: 'counter',
    help: 'Answers of a carrier with a code we have no row for.',
    labels: ['network'],
  },
  causeway_inbound_events_total: {
    kind: 'counter',
    help: 'Webhook events, by kind and what became of them.',
    labels: ['network', 'kind', 'outcome'],
  },
  causeway_link_codes_total: {
    kind: 'counter',
    help: 'One-time codes to telephones that are to be linked, by what the carrier said.',
    labels: ['outcome'],
  },
  causeway_bridge_numbers_short_total: {
    kind: 'counter',
    help: 'Telephones that no bridge number was free for: add numbers to CAUSEWAY_BRIDGE_NUMBERS.',
    labels: ['by'],
  },
  causeway_media_links_total: {
    kind: 'counter',
    help: 'Links to files in the clear that a carrier was given, by what became of them.',
    labels: ['outcome'],
  },
  causeway_inbox_acknowledged_total: {
    kind: 'counter',
    help: 'Boxes that a device stored and acknowledged.',
    labels: ['leg'],
  },
  causeway_device_sockets: { kind: 'gauge', help: 'Open WebSockets of devices.', labels: [] },
  causeway_lane_wakes_total: { kind: 'counter', help: 'Wakes added to the queue.', labels: ['track', 'cause'] },
  causeway_lane_drains_total: {
    kind: 'counter',
    help: 'Lanes drained, by how the drain ended.',
    labels: ['track', 'outcome'],
  },
  causeway_downgrades_total: {
    kind: 'counter',
    help: 'Downgrade statements checked at the edge.',
    labels: ['outcome'],
  },
  causeway_purge_lag_seconds: {
    kind: 'gauge',
    help: 'How far the purge is behind; alarm at 60, page at 600, above 3600 no new content is taken.',
    labels: ['class'],
  },
  causeway_purged_partitions_total: {
    kind: 'counter',
    help: 'Hours of a table removed by the purge.',
    labels: ['class'],
  },
  causeway_edge_keeper: {
    kind: 'gauge',
    help: '1 in the edge that keeps keys and ledger; the sum over all edges is to be 1.',
    labels: [],
  },
  causeway_edge_keeper_missed_total: {
    kind: 'counter',
    help: 'Times that a clear lane waited because no edge kept the ledger.',
    labels: [],
  },
  causeway_key_provider_up: {
    kind: 'gauge',
    help: '1 in the edge that keeps the keys while its key provider unwraps them, 0 while it does not: five minutes later clear messages stop.',
    labels: [],
  },
  causeway_abuse_decisions_total: {
    kind: 'counter',
    help: 'Decisions of the spam guard, by level.',
    labels: ['level'],
  },
  causeway_sends_limited_total: {
    kind: 'counter',
    help: 'Messages that were not let on for now, by what was done, and whether the guard could not see.',
    labels: ['action', 'blind'],
  },
  causeway_messages_charged_total: {
    kind: 'counter',
    help: 'Messages to telephones, by whether they were within what the tenant may spend.',
    labels: ['within'],
  },
  causeway_guard_store_failures_total: {
    kind: 'counter',
    help: 'Times the store of the spam guard did not answer, by what was tried.',
    labels: ['operation'],
  },
  causeway_keys_destroyed_total: { kind: 'counter', help: 'Edge keys destroyed.', labels: ['track'] },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof METRICS;

/** The names of one kind. */
export type MetricOfKind<Kind extends MetricRow['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** Exactly the labels of a metric, each with a value. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<(typeof METRICS)[Name]['labels'][number], string>>;
