import {
  AcceptInbound,
  bridgeNumbersById,
  ChargeParts,
  CheckPermission,
  DispatchClearLane,
  FallBack,
  FindVerifiedDevices,
  Indicate,
  MakeAttempt,
  ProveNumber,
  ReconcileAttempt,
  RecordOutcome,
  RecordReceipt,
  ResolveContact,
  SweepInbound,
  type EdgeContext,
} from '@causeway/message-flow/edge';
import type { DeviceWaker } from '@causeway/message-flow';
import type { ProcessContext } from '@causeway/process-context';
import { PolicyBook, PurgeBrake } from '@causeway/retention';
import { openAdapters } from './adapters.js';
import { openCustody } from './open-custody.js';
import { withSealedSettings } from './with-sealed-settings.js';
import { WhileKeeping } from './while-keeping.js';
import { loadAdapters } from './load-adapters.js';
import { MediaLinks } from './media-links.js';
import { PublicUrl } from './public-url.js';

/** The edge's use cases, each given what it works with. */
export interface Edge {
  readonly context: EdgeContext;
  readonly resolveContact: ResolveContact;
  readonly proveNumber: ProveNumber;
  readonly dispatch: DispatchClearLane;
  readonly reconcile: ReconcileAttempt;
  readonly acceptInbound: AcceptInbound;
  readonly sweepInbound: SweepInbound;
  readonly indicate: Indicate;
  readonly whileKeeping: WhileKeeping;
  /** Files in the clear on their way to a carrier. */
  readonly mediaLinks: MediaLinks;
  close(): Promise<void>;
}

export async function openEdge(process: ProcessContext, devices: DeviceWaker): Promise<Edge> {
  const { clock, events, stores, queue, digests, reportKeys } = process;
  const config = await withSealedSettings(process.config);
  const whileKeeping = new WhileKeeping();
  const custody = await openCustody(process, (keeping) => whileKeeping.keeps(keeping));
  const adapters = await loadAdapters(config, openAdapters(config, clock, events), clock);
  process.residency?.refuseOutside(['keys', ...adapters.keys()]);
  const mediaLinks = new MediaLinks(clock, process.metrics, new PublicUrl(config.edgePublicUrl).text);
  const context: EdgeContext = {
    // others after this edge became the keeper
    get keys() {
      return custody.keys;
    },
    get ledger() {
      return custody.ledger;
    },
    accounts: stores.accounts,
    contacts: stores.contacts,
    numbers: stores.numbers,
    standings: stores.standings,
    attempts: stores.attempts,
    inbox: stores.inbox,
    laneStore: stores.lanes,
    partitions: stores.partitions,
    links: stores.links,
    challenges: stores.challenges,
    aliases: stores.aliases,
    discovery: stores.discovery,
    privacy: stores.privacy,
    lanes: queue.lanes,
    devices,
    digests,
    reports: reportKeys.tokens,
    conduct: process.conduct,
    chargeParts: new ChargeParts(stores.spending, clock, events),
    retention: { book: new PolicyBook(stores.wishes, clock), brake: new PurgeBrake(stores.partitions, clock) },
    adapters,
    bridgeNumbers: bridgeNumbersById(config.bridgeNumbers),
    fileLinks: mediaLinks,
    ...(process.residency ? { routePolicy: process.residency } : {}),
    clock,
    events,
    times: {
      callBeforeMs: config.callBeforeSeconds * 1000,
      unknownAbsentAfterMs: config.unknownAbsentAfterSeconds * 1000,
      headBlockMs: config.clearHeadBlockSeconds * 1000,
      fallbackAfterMs: config.fallbackAfterSeconds * 1000,
      unconfirmedAfterMs: config.unconfirmedAfterSeconds * 1000,
    },
  };
  const verified = new FindVerifiedDevices(context);
  const outcome = new RecordOutcome(context);
  const fallBack = new FallBack(context, outcome);
  const receipt = new RecordReceipt(context, outcome, fallBack);
  const acceptInbound = new AcceptInbound(context, verified, receipt, outcome, config.tenant);
  return {
    context,
    resolveContact: new ResolveContact(context),
    proveNumber: new ProveNumber(context),
    dispatch: new DispatchClearLane(
      context,
      new CheckPermission(context, verified),
      new MakeAttempt(context, outcome),
      { outcome, fallBack },
    ),
    reconcile: new ReconcileAttempt(context, outcome, receipt, fallBack),
    acceptInbound,
    sweepInbound: new SweepInbound(context, acceptInbound),
    indicate: new Indicate(context),
    whileKeeping,
    mediaLinks,
    close: async () => {
      await Promise.all([...adapters.values()].map((adapter) => adapter.dispose()));
      await custody.close();
    },
  };
}
