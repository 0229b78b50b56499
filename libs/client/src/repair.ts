import { signedField } from '@causeway/api-contract';
import type { MessageId } from '@causeway/message-model';
import type { SignedEdgeBundle } from '@causeway/signal-protocol';
import { z } from 'zod';
import { isClearAddress } from './contacts.js';
import type { DeviceContext } from './device-context.js';
import type { Peers } from './peers.js';
import { pause } from './backoff.js';
import type { ProblemError } from './problem-error.js';
import { RECORDS, type OutgoingRecord } from './records.js';
import { recipientsOf, signalDevice } from './sessions.js';
import { TrustError } from './trust-error.js';

const namedDevice = z.object({ account: z.string(), deviceId: z.number() });
const mismatchSchema = z.object({
  missingDevices: z.array(namedDevice).default([]),
  extraDevices: z.array(namedDevice).default([]),
});
const staleSchema = z.object({ staleDevices: z.array(namedDevice).default([]) });
const edgeStaleSchema = z.object({ edge: signedField });

type NamedDevice = z.infer<typeof namedDevice>;

const CONFLICT_PAUSE_MS = 250;

/**
 * What to do about a refusal that sealing again can cure. A gateway's word about devices leads to one thing only: the
 * lists are fetched and verified again. What it names beyond them is never encrypted to.
 */
export class Repair {
  readonly #freshEdges = new Map<MessageId, SignedEdgeBundle>();

  constructor(
    private readonly context: DeviceContext,
    private readonly peers: Peers,
  ) {}

  /** Once: a bundle that does not verify must not stand in the way of the next plan's. */
  takeFreshEdge(messageId: MessageId): SignedEdgeBundle | undefined {
    const shown = this.#freshEdges.get(messageId);
    this.#freshEdges.delete(messageId);
    return shown;
  }

  /** True when the message is to be prepared again. Throws `TrustError` when only an unverified device would satisfy the gateway. */
  async attempt(record: OutgoingRecord, problem: ProblemError): Promise<boolean> {
    switch (problem.code) {
      case 'device-mismatch':
        await this.#refreshLists(record);
        this.#requireListed(record, mismatchSchema.parse(problem.document).missingDevices, await this.#listed(record));
        break;
      case 'device-stale':
        await this.#refreshLists(record);
        await this.#forgetSessions(record, staleSchema.parse(problem.document).staleDevices);
        break;
      case 'edge-key-stale':
        this.#rememberEdge(record, problem);
        break;
      case 'no-consent':
      case 'route-changed':
        break;
      case 'idempotency-conflict':
        await pause(CONFLICT_PAUSE_MS);
        return true;
      default:
        return false;
    }
    await this.#unseal(record);
    return true;
  }

  async #refreshLists(record: OutgoingRecord): Promise<void> {
    if (isClearAddress(record.address)) await this.peers.refreshOwn();
    else await this.peers.refresh(record.address, record.conversation);
  }

  async #listed(record: OutgoingRecord): Promise<ReturnType<typeof recipientsOf>> {
    const { pin } = await this.peers.get(record.address);
    return [...recipientsOf(this.context.own.current.list), ...(pin ? recipientsOf(pin) : [])];
  }

  #requireListed(record: OutgoingRecord, named: readonly NamedDevice[], listed: ReturnType<typeof recipientsOf>): void {
    const isListed = (device: NamedDevice): boolean =>
      listed.some((each) => each.account === device.account && each.device.deviceId === device.deviceId);
    if (named.every(isListed)) return;
    const about = record.address;
    this.context.events.emit('trust-problem', { reason: 'devices-beyond-the-verified-list', about });
    throw new TrustError('devices-beyond-the-verified-list', about);
  }

  async #forgetSessions(record: OutgoingRecord, stale: readonly NamedDevice[]): Promise<void> {
    const listed = await this.#listed(record);
    await this.context.store.unit(async (unit) => {
      const signal = signalDevice(unit, this.context.own.current);
      for (const { account, device } of listed) {
        const isStale = stale.some((named) => named.account === account && named.deviceId === device.deviceId);
        if (isStale) await signal.deleteSession(account, device.deviceId);
      }
    });
  }

  /** Believed or not when the message is sealed again, under the pinned identity like any other bundle. */
  #rememberEdge(record: OutgoingRecord, problem: ProblemError): void {
    const shown = edgeStaleSchema.safeParse(problem.document);
    if (shown.success) this.#freshEdges.set(record.messageId, shown.data.edge);
  }

  async #unseal(record: OutgoingRecord): Promise<void> {
    await this.context.store.unit(async (unit) => {
      const kept = await unit.get(RECORDS.outgoing, record.messageId);
      if (kept) unit.put(RECORDS.outgoing, record.messageId, { ...kept, request: null });
    });
  }
}
