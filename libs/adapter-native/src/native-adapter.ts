import { createHash } from 'node:crypto';
import {
  encodeCbor,
  mintTransitId,
  purgeHourOf,
  toBytes,
  type Capabilities,
  type TenantId,
} from '@causeway/message-model';
import {
  ADAPTER_CONTRACT_VERSION,
  type Attempt,
  type DeliverOutcome,
  type NamesMessages,
  type NotDelivered,
  type ReceiveOutcome,
  type SealedAdapter,
  type SealedOutbound,
} from '@causeway/network-adapter';
import type { Clock } from '@causeway/platform';
import type { BoxRow, DeviceRef, InboxStore, PartitionStore } from '@causeway/storage';
import { NATIVE_CAPABILITIES } from './native-capabilities.js';

/** Name of the network in plans. */
export const NATIVE_NETWORK = 'native';

export interface NativeAdapterOptions {
  readonly tenant: TenantId;
  /** Where the database is. */
  readonly region: string;
  readonly inbox: Pick<InboxStore, 'acceptInbound'>;
  readonly partitions: Pick<PartitionStore, 'ensure'>;
  readonly clock: Clock;
  /** Called with the devices whose inbox was filled, after the commit. */
  readonly wake: (devices: readonly DeviceRef[]) => void;
  /** How long an envelope without a deadline waits for its device, milliseconds. */
  readonly keepForMs: number;
  /** From the start of a delivery to its outcome; 10 s unless told otherwise. */
  readonly timeoutMs?: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Native delivery: one envelope per device, into the inboxes of the recipient, all of them or none. A message has one `ref`, and the
 * database keeps it unique, so an unknown outcome is settled by delivering again. It opens nothing: it has no key.
 */
export class NativeAdapter implements SealedAdapter, NamesMessages {
  readonly contractVersion = ADAPTER_CONTRACT_VERSION;
  readonly network = NATIVE_NETWORK;
  readonly confidentiality = 'sealed';
  readonly isSimulated = false;
  readonly regions: readonly string[];
  private readonly inFlight = new Set<Promise<unknown>>();
  private isDisposed = false;

  constructor(private readonly options: NativeAdapterOptions) {
    this.regions = [options.region];
  }

  async capabilities(): Promise<Capabilities> {
    return NATIVE_CAPABILITIES;
  }

  externalIdOf(ref: string): string {
    return Buffer.from(this.digestOf(ref)).toString('base64url');
  }

  async deliver(outbound: SealedOutbound, attempt: Attempt): Promise<DeliverOutcome> {
    const nowMs = this.options.clock.nowMs();
    if (outbound.expiresAtMs !== null && outbound.expiresAtMs <= nowMs) return refused('expired');
    if (outbound.envelopes.length === 0) return refused('content-rejected');
    if (this.isDisposed) return failed('network-unavailable', 'not-sent');
    const delivery = this.within(attempt, this.fill(outbound, attempt, nowMs));
    this.inFlight.add(delivery);
    return delivery.finally(() => this.inFlight.delete(delivery));
  }

  /** Devices come through the gateway, which is no webhook. */
  async receive(): Promise<ReceiveOutcome> {
    return { kind: 'rejected', reason: 'unknown-path' };
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    await Promise.allSettled(this.inFlight);
  }

  private async fill(outbound: SealedOutbound, attempt: Attempt, nowMs: number): Promise<DeliverOutcome> {
    const { clock, partitions, inbox, tenant, keepForMs, wake } = this.options;
    const expiresAtMs = outbound.expiresAtMs ?? nowMs + keepForMs;
    const boxes = outbound.envelopes.map(({ deviceId, boxId, sealKeyId, box }): BoxRow => ({
      id: mintTransitId('i', expiresAtMs, boxId),
      tenant,
      account: outbound.recipient,
      device: deviceId,
      sealKeyId,
      body: box,
      isSync: false,
      isWithheld: false,
      expiresAt: new Date(expiresAtMs),
    }));
    try {
      await partitions.ensure('i', Math.ceil(expiresAtMs / HOUR_MS));
    } catch {
      // nothing was handed over yet, whatever the database made of the question
      return failed('network-unavailable', 'not-sent');
    }
    if (attempt.signal.aborted || clock.nowMs() >= attempt.callBeforeMs)
      return failed('network-unavailable', 'not-sent');
    try {
      const digest = this.digestOf(outbound.ref);
      // the ref is known for a day longer than the last of its envelopes
      const digestPurgeHour = Math.max(...boxes.map(({ id }) => purgeHourOf(id))) + DAY_MS / HOUR_MS;
      const result = await inbox.acceptInbound({ digest, digestPurgeHour, boxes });
      if (result === 'accepted') wake(boxes);
    } catch {
      return failed('no-answer', 'maybe-sent');
    }
    return { kind: 'accepted', externalId: this.externalIdOf(outbound.ref), encryption: 'end-to-end' };
  }

  /** An end to the wait; what the database does with a statement it has goes on. */
  private async within({ signal }: Attempt, filling: Promise<DeliverOutcome>): Promise<DeliverOutcome> {
    let giveUp: () => void = () => undefined;
    const givenUp = new Promise<DeliverOutcome>((resolve) => {
      giveUp = () => resolve(failed('no-answer', 'maybe-sent'));
    });
    const timer = setTimeout(giveUp, this.options.timeoutMs ?? 10_000);
    if (!signal.aborted) signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([filling, givenUp]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  private digestOf(ref: string) {
    const named = encodeCbor(['causeway-native-delivery-v1', this.options.tenant, ref]);
    return toBytes(createHash('sha256').update(named).digest());
  }
}

const refused = (reason: 'expired' | 'content-rejected'): NotDelivered => ({
  kind: 'failed',
  reason,
  retry: 'never',
  certainty: 'not-sent',
});

const failed = (reason: 'network-unavailable' | 'no-answer', certainty: NotDelivered['certainty']): NotDelivered => ({
  kind: 'failed',
  reason,
  retry: 'later',
  certainty,
});
