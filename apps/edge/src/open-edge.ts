import { EdgeKeys } from '@causeway/edge-keys';
import {
  AcceptInbound,
  bridgeNumbersById,
  CheckPermission,
  DispatchClearLane,
  FindVerifiedDevices,
  MakeAttempt,
  ReconcileAttempt,
  RecordOutcome,
  RecordReceipt,
  ReSealNumbers,
  ResolveContact,
  SweepInbound,
  type EdgeContext,
} from '@causeway/message-flow/edge';
import type { DeviceWaker } from '@causeway/message-flow';
import type { ProcessContext } from '@causeway/process-context';
import { openAdapters } from './adapters.js';
import { loadAdapters } from './load-adapters.js';
import { MediaLinks } from './media-links.js';
import { openLedger } from './open-ledger.js';
import { PublicUrl } from './public-url.js';

/** The edge's use cases, each given what it works with. */
export interface Edge {
  readonly context: EdgeContext;
  readonly resolveContact: ResolveContact;
  readonly dispatch: DispatchClearLane;
  readonly reconcile: ReconcileAttempt;
  readonly acceptInbound: AcceptInbound;
  readonly sweepInbound: SweepInbound;
  readonly reSealNumbers: ReSealNumbers;
  /** Files in the clear on their way to a carrier. */
  readonly mediaLinks: MediaLinks;
  close(): Promise<void>;
}

export async function openEdge(process: ProcessContext, devices: DeviceWaker): Promise<Edge> {
  const { config, clock, events, stores, queue, digests } = process;
  // the ledger's lock lets one process at a time into the folder, so it comes first
  const ledger = await openLedger(config.edgeKeyFolder);
  const keys = await EdgeKeys.open({ folder: config.edgeKeyFolder, region: config.region, clock });
  const adapters = await loadAdapters(config, openAdapters(config, clock, events), clock);
  const context: EdgeContext = {
    keys,
    ledger,
    accounts: stores.accounts,
    contacts: stores.contacts,
    attempts: stores.attempts,
    inbox: stores.inbox,
    laneStore: stores.lanes,
    partitions: stores.partitions,
    lanes: queue.lanes,
    devices,
    digests,
    adapters,
    bridgeNumbers: bridgeNumbersById(config.bridgeNumbers),
    clock,
    events,
    times: {
      callBeforeMs: config.callBeforeSeconds * 1000,
      unknownAbsentAfterMs: config.unknownAbsentAfterSeconds * 1000,
      headBlockMs: config.clearHeadBlockSeconds * 1000,
      unconfirmedAfterMs: config.unconfirmedAfterSeconds * 1000,
    },
  };
  const verified = new FindVerifiedDevices(context);
  const outcome = new RecordOutcome(context);
  const receipt = new RecordReceipt(context, outcome);
  const acceptInbound = new AcceptInbound(context, verified, receipt, config.tenant);
  return {
    context,
    resolveContact: new ResolveContact(context),
    dispatch: new DispatchClearLane(
      context,
      new CheckPermission(context, verified),
      new MakeAttempt(context, outcome),
      outcome,
    ),
    reconcile: new ReconcileAttempt(context, outcome, receipt),
    acceptInbound,
    sweepInbound: new SweepInbound(context, acceptInbound),
    reSealNumbers: new ReSealNumbers(context),
    mediaLinks: new MediaLinks(clock, process.metrics, new PublicUrl(config.edgePublicUrl).text),
    close: async () => {
      await Promise.all([...adapters.values()].map((adapter) => adapter.dispose()));
      await ledger.close();
    },
  };
}
