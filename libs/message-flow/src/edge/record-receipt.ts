import type { InboundReceipt } from '@causeway/network-adapter';
import type { AttemptOutcome } from '@causeway/storage';
import { parseAttemptRef } from './attempt-ref.js';
import type { EdgeContext } from './edge-context.js';
import { hearRefusal } from './hear-refusal.js';
import type { RecordOutcome } from './record-outcome.js';

/** A network's later word about an attempt. Repeated and reordered receipts change nothing: an outcome only ever rises. */
export class RecordReceipt {
  constructor(
    private readonly edge: EdgeContext,
    private readonly outcome: RecordOutcome,
  ) {}

  async execute(
    receipt: Pick<InboundReceipt, 'ref' | 'externalId' | 'status' | 'reason' | 'vendorCode'>,
  ): Promise<'recorded' | 'not-ours'> {
    const key = receipt.ref === undefined ? undefined : parseAttemptRef(receipt.ref);
    if (!key) return 'not-ours';
    const record = recordOf(receipt, this.edge.clock.nowMs());
    const written = await this.outcome.writeAndWake({
      ...key,
      ...record,
      sealedExternalId: this.outcome.sealExternalId(key, receipt.externalId),
      claim: { ...this.outcome.claimOf(key, receipt.externalId), isRequired: true },
    });
    if (written === 'not-ours') return written;
    const message = record.reason === undefined ? undefined : await this.edge.attempts.message(key.ref);
    if (message?.contact)
      await hearRefusal(this.edge, { tenant: message.tenant, contact: message.contact, reason: record.reason });
    return 'recorded';
  }
}

/** Without further word the network is asked again; after a final one it is asked to forget its copy. Milliseconds. */
const LOOK_AGAIN_MS = 10 * 60_000;
const FORGET_AFTER_MS = 5_000;

/** What a network's word makes of attempt and message. */
export function recordOf(
  receipt: Pick<InboundReceipt, 'status' | 'reason' | 'vendorCode'>,
  nowMs: number,
): Omit<AttemptOutcome, 'ref' | 'attempt'> {
  const progress = {
    state: 'sent',
    vendorCode: receipt.vendorCode,
    leavesLane: true,
    lookAgainAt: new Date(nowMs + LOOK_AGAIN_MS),
  } as const;
  const final = {
    vendorCode: receipt.vendorCode,
    leavesLane: true,
    lookAgainAt: new Date(nowMs + FORGET_AFTER_MS),
  } as const;
  switch (receipt.status) {
    case 'sending':
      return { outcome: 'accepted', ...progress };
    case 'sent':
      return { outcome: 'sent', ...progress };
    case 'delivered':
    case 'displayed':
      return { outcome: 'delivered', state: 'delivered', ...final };
    case 'failed':
    case 'cancelled':
      return { outcome: 'failed', state: 'failed', reason: receipt.reason ?? 'unknown', ...final };
    case 'expired':
      return { outcome: 'failed', state: 'failed', reason: 'recipient-unreachable', ...final };
  }
}
