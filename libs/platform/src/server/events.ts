import { errorFields } from '../error-fields.js';
import type { Logger } from '../logger.js';
import type { Metrics } from './metrics.js';

type Leg = 'native' | 'clear';

/**
 * One helper per thing that happens to the business: the log line and the counter together, so that neither is forgotten
 * and a line never carries more than its helper takes. No helper takes both ends of a message.
 */
export class Events {
  constructor(
    private readonly log: Logger,
    private readonly metrics: Metrics,
  ) {}

  processStarted(fields: { readonly address: string; readonly port?: number; readonly version: string }): void {
    this.log.info('process.started', fields);
  }

  messageAccepted(fields: {
    readonly messageId: string;
    readonly leg: Leg;
    readonly direction: 'outbound' | 'inbound';
  }): void {
    this.metrics.increment('causeway_messages_accepted_total', { leg: fields.leg, direction: fields.direction });
    this.log.info('message.accepted', fields);
  }

  messageWaiting(fields: { readonly messageId: string; readonly reason: string }): void {
    this.metrics.increment('causeway_messages_waiting_total', { reason: fields.reason });
    this.log.info('message.waiting', fields);
  }

  messageFinished(fields: {
    readonly messageId: string;
    readonly leg: Leg;
    readonly state: string;
    readonly reason?: string;
  }): void {
    this.metrics.increment('causeway_messages_finished_total', { leg: fields.leg, state: fields.state });
    this.log.info('message.finished', fields);
  }

  attemptEnded(fields: {
    readonly messageId: string;
    readonly network: string;
    readonly attempt: number;
    readonly outcome: string;
    readonly durationMs: number;
  }): void {
    this.metrics.increment('causeway_delivery_attempts_total', { network: fields.network, outcome: fields.outcome });
    this.metrics.observe('causeway_delivery_attempt_seconds', { network: fields.network }, fields.durationMs / 1000);
    this.log.info('attempt.ended', fields);
  }

  unknownVendorCode(fields: { readonly network: string; readonly code: string }): void {
    this.metrics.increment('causeway_unknown_vendor_codes_total', { network: fields.network });
    this.log.warn('vendor-code.unknown', fields);
  }

  inboundHandled(fields: { readonly network: string; readonly kind: string; readonly outcome: string }): void {
    this.metrics.increment('causeway_inbound_events_total', fields);
    this.log.info('inbound.handled', { network: fields.network, outcome: fields.outcome });
  }

  linkCodeSent(fields: { readonly outcome: string }): void {
    this.metrics.increment('causeway_link_codes_total', fields);
    this.log.info('link.code-sent', fields);
  }

  /** `by`: a person who wrote a number down, or a telephone that texted an alias. */
  bridgeNumberShort(fields: { readonly by: 'contact' | 'alias' }): void {
    this.metrics.increment('causeway_bridge_numbers_short_total', fields);
    this.log.warn('bridge-number.short', { reason: fields.by });
  }

  boxesAcknowledged(fields: { readonly leg: Leg; readonly count: number }): void {
    this.metrics.increment('causeway_inbox_acknowledged_total', { leg: fields.leg }, fields.count);
  }

  downgradeChecked(fields: { readonly messageId: string; readonly outcome: string }): void {
    this.metrics.increment('causeway_downgrades_total', { outcome: fields.outcome });
    this.log.info('downgrade.checked', fields);
  }

  lanesWoken(fields: {
    readonly track: Leg;
    readonly cause: 'accept' | 'sweep' | 'receipt' | 'other';
    readonly count: number;
  }): void {
    this.metrics.increment('causeway_lane_wakes_total', { track: fields.track, cause: fields.cause }, fields.count);
  }

  /** The lane stays due in the database, so the sweeper wakes it again: nothing is lost, but it is a bug. */
  laneDrainFailed(fields: { readonly track: Leg; readonly laneId: string; readonly thrown: unknown }): void {
    this.metrics.increment('causeway_lane_drains_total', { track: fields.track, outcome: 'failed' });
    this.log.error('lane.drain-failed', { track: fields.track, laneId: fields.laneId, ...errorFields(fields.thrown) });
  }

  partitionPurged(fields: { readonly partition: string; readonly class: string; readonly count: number }): void {
    this.metrics.increment('causeway_purged_partitions_total', { class: fields.class }, fields.count);
    this.log.info('partition.purged', { partition: fields.partition });
  }

  /** How far behind the purge of one table is; loud when it is late, louder when somebody has to look. */
  purgeLag(fields: {
    readonly class: string;
    readonly lagSeconds: number;
    readonly limits: { readonly alarmSeconds: number; readonly pageSeconds: number };
  }): void {
    const { lagSeconds, limits } = fields;
    this.metrics.set('causeway_purge_lag_seconds', { class: fields.class }, lagSeconds);
    if (lagSeconds >= limits.pageSeconds) this.log.error('purge.stuck', { partition: fields.class, lagSeconds });
    else if (lagSeconds >= limits.alarmSeconds) this.log.warn('purge.late', { partition: fields.class, lagSeconds });
  }

  /** This process has the keys and the ledger of all edges now. */
  edgeKeeping(): void {
    this.metrics.set('causeway_edge_keeper', {}, 1);
    this.log.info('edge.keeping');
  }

  /** A lane waited because no edge keeps the ledger at the moment: a second between two keepers, else something to look at. */
  edgeKeeperMissed(): void {
    this.metrics.increment('causeway_edge_keeper_missed_total', {});
  }

  /** Of the keeper, each time it looks: while the key provider is away keys are used from memory for five minutes, then not at all. */
  keyProviderAnswers(isAnswering: boolean): void {
    this.metrics.set('causeway_key_provider_up', {}, isAnswering ? 1 : 0);
    if (!isAnswering) this.log.error('key-provider.away');
  }

  /** What is kept longer than by its policy, or was: an operator who reads the log sees what everyone sees. */
  retentionNoted(fields: { readonly class: string; readonly keyId: string }): void {
    this.log.warn('retention.noted', { state: fields.class, keyId: fields.keyId });
  }

  /**
   * The file of what was taken back was not one to go on with: of another database, cut short, or not to be read. It lies beside the new
   * one, which has what the database knows.
   */
  tombstonesSetAside(fields: { readonly reason: 'another-database' | 'unreadable' | 'cut-short' }): void {
    if (fields.reason === 'another-database') this.log.warn('tombstones.set-aside', fields);
    else this.log.error('tombstones.set-aside', fields);
  }

  edgeKeyDestroyed(fields: { readonly track: string; readonly keyId: string }): void {
    this.metrics.increment('causeway_keys_destroyed_total', { track: fields.track });
    this.log.info('edge-key.destroyed', fields);
  }

  /** A level of the guard's ladder was reached. Nobody is named: who it was is in the decision, for them and the operator. */
  senderLimited(fields: { readonly level: number }): void {
    this.metrics.increment('causeway_abuse_decisions_total', { level: String(fields.level) });
    this.log.info('abuse.decided', { ladderLevel: fields.level });
  }

  /** A message was not let on for now; blind: because the guard's store did not answer. */
  sendLimited(fields: { readonly action: string; readonly isBlind: boolean }): void {
    this.metrics.increment('causeway_sends_limited_total', { action: fields.action, blind: String(fields.isBlind) });
  }

  /** A message to a telephone was counted against what its tenant may spend, or refused for that. */
  messageCharged(fields: { readonly isWithinLimit: boolean }): void {
    this.metrics.increment('causeway_messages_charged_total', { within: String(fields.isWithinLimit) });
  }

  /** Established conversations go on, new ones wait, until it answers again. */
  guardStoreFailed(fields: { readonly operation: string; readonly thrown: unknown }): void {
    this.metrics.increment('causeway_guard_store_failures_total', { operation: fields.operation });
    this.log.warn('guard.store-failed', { component: fields.operation, ...errorFields(fields.thrown) });
  }

  problemAnswered(fields: { readonly code: string; readonly status: number; readonly route?: string }): void {
    this.metrics.increment('causeway_problems_total', { code: fields.code });
    this.log.debug('problem.answered', fields);
  }

  /** Something that should not happen did. `component` says where it was caught. */
  bugCaught(fields: { readonly component: string; readonly thrown: unknown }): void {
    this.log.error('bug.caught', { component: fields.component, ...errorFields(fields.thrown) });
  }
}
