import { discloses } from '@causeway/message-model';
import { isPart, type InboundReceipt } from '@causeway/network-adapter';
import type { AttemptKey, AttemptOutcome, ClearMessage } from '@causeway/storage';
import { parseAttemptRef } from './attempt-ref.js';
import { isLeavable } from './choose-network.js';
import type { FallBack } from './fall-back.js';
import type { EdgeContext } from './edge-context.js';
import { hearOutcome } from './hear-refusal.js';
import type { RecordOutcome } from './record-outcome.js';

/** A network's later word about an attempt. Repeated and reordered receipts change nothing: an outcome only ever rises. */
export class RecordReceipt {
  constructor(
    private readonly edge: EdgeContext,
    private readonly outcome: RecordOutcome,
    private readonly fallBack: FallBack,
  ) {}

  async execute(
    network: string,
    told: Pick<InboundReceipt, 'ref' | 'externalId' | 'status' | 'reason' | 'vendorCode' | 'part'>,
  ): Promise<'recorded' | 'not-ours'> {
    const ref = told.ref ?? (await this.outcome.boundTo(told.externalId));
    const key = ref === undefined ? undefined : parseAttemptRef(ref);
    if (!key) return 'not-ours';
    const status = await this.statusOfTheWhole(key, told);
    if (status === 'not-ours') return status;
    const receipt = { ...told, status };
    const held = await this.heldAttempt(network, key, receipt.externalId);
    if (held === 'not-ours') return held;
    if (held && isOver(receipt.status)) {
      await this.fallBack.release(held.message, held.row, receipt.vendorCode);
      return 'recorded';
    }
    const shown = await asDisclosed(this.edge, receipt, () => this.edge.attempts.message(key.ref));
    const record = recordOf(shown, { nowMs: this.edge.clock.nowMs(), isHeld: held !== undefined });
    const recorded = await this.outcome.writeAndWake({
      ...key,
      ...record,
      claim: this.outcome.claimOf(key, receipt.externalId),
      sealedExternalId: this.outcome.sealExternalId(key, receipt.externalId),
    });
    if (recorded.kind === 'anothers') return 'not-ours';
    const isTold = record.reason !== undefined || record.state === 'delivered';
    const message = isTold ? await this.edge.attempts.message(key.ref) : undefined;
    if (message) await hearOutcome(this.edge, message, record);
    return 'recorded';
  }

  /** What a word about one part says of the message: it arrived with the last part that did, and fails with the first that does. */
  private async statusOfTheWhole(
    key: AttemptKey,
    { externalId, status, part }: Pick<InboundReceipt, 'externalId' | 'status' | 'part'>,
  ): Promise<InboundReceipt['status'] | 'not-ours'> {
    if (!part || (status !== 'delivered' && status !== 'displayed')) return status;
    if (!isPart(part)) return 'sent';
    if (!(await this.outcome.bind(key, externalId))) return 'not-ours';
    return (await this.edge.attempts.partArrived(key, part)) ? status : 'sent';
  }

  /** The attempt with its message, if another network may follow it: never one on a network that cannot be left. */
  private async heldAttempt(network: string, key: AttemptKey, externalId: string) {
    const adapter = this.edge.adapters.get(network);
    if (!adapter || !isLeavable(adapter)) return undefined;
    if (!(await this.outcome.bind(key, externalId))) return 'not-ours';
    const [message, rows] = await Promise.all([this.edge.attempts.message(key.ref), this.edge.attempts.of(key.ref)]);
    const row = rows.find(({ attempt }) => attempt === key.attempt);
    return message && row && row === rows.at(-1) && this.fallBack.isHeld(message, row) ? { message, row } : undefined;
  }
}

/**
 * A sender who keeps read reports off is not told of any: that the person opened it is then not written down, and stands as its arrival. Also
 * where the network was asked.
 */
export async function asDisclosed(
  { privacy }: Pick<EdgeContext, 'privacy'>,
  told: Told,
  messageOf: () => Promise<ClearMessage | undefined>,
): Promise<Told> {
  if (told.status !== 'displayed') return told;
  const message = await messageOf();
  const switches = message && (await privacy.of(message, message.conversation));
  if (switches && discloses(switches, 'readReports', 'clear')) return told;
  return { status: 'delivered' };
}

type Told = Pick<InboundReceipt, 'status' | 'reason' | 'vendorCode'>;

/** The network ended it without delivering: expired, or taken back by an edge that died before it wrote so. */
export const isOver = (status: InboundReceipt['status']): boolean => status === 'expired' || status === 'cancelled';

/** Without further word the network is asked again; after a final one it is asked to forget its copy. Milliseconds. */
const LOOK_AGAIN_MS = 10 * 60_000;
const FORGET_AFTER_MS = 5_000;
/** When it is looked whether one that another network may follow can be taken back by now, milliseconds. */
const LOOK_HELD_MS = 10_000;

/** What a network's word makes of attempt and message. One that another network may follow keeps its words until it arrived. */
export function recordOf(
  receipt: Pick<InboundReceipt, 'status' | 'reason' | 'vendorCode'>,
  { nowMs, isHeld }: { readonly nowMs: number; readonly isHeld: boolean },
): Omit<AttemptOutcome, 'ref' | 'attempt'> {
  const progress = {
    state: isHeld ? 'sending' : 'sent',
    vendorCode: receipt.vendorCode,
    leavesLane: !isHeld,
    isHeld,
    lookAgainAt: new Date(nowMs + (isHeld ? LOOK_HELD_MS : LOOK_AGAIN_MS)),
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
      return { outcome: receipt.status, state: 'delivered', ...final };
    case 'failed':
    case 'cancelled':
      return { outcome: 'failed', state: 'failed', reason: receipt.reason ?? 'unknown', ...final };
    case 'expired':
      return { outcome: 'failed', state: 'failed', reason: 'recipient-unreachable', ...final };
  }
}
