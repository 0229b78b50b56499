import { sendMessageSchema, toWireJson, type SendMessageRequest } from '@causeway/api-contract';
import {
  AcceptInbound,
  bridgeNumbersById,
  ChargeParts,
  CheckPermission,
  DispatchClearLane,
  FallBack,
  FindVerifiedDevices,
  MakeAttempt,
  ReconcileAttempt,
  RecordOutcome,
  RecordReceipt,
  ReKeyNumbers,
  ReSealNumbers,
  ResolveContact,
  SweepInbound,
  Indicate,
  type EdgeContext,
} from '@causeway/message-flow/edge';
import type { ClearAdapter } from '@causeway/network-adapter';
import type { Clock } from '@causeway/platform';
import { parseContactId, parseConversationId, toBase64Url, type LaneId } from '@causeway/message-model';
import { chooseLegKey, openEdgeBundle, sealAddress, sealToEdge, type LegKey } from '@causeway/signal-protocol';
import { Metrics } from '@causeway/platform/server';
import { MediaLinks } from '../../apps/edge/src/media-links.js';
import {
  BRIDGE,
  eventually,
  PERSON,
  startSimulatedTwilio,
  type SimulatedTwilio,
} from '../../libs/adapter-sms-twilio/src/testing/simulated-twilio.js';
import {
  digestOf,
  draftOf,
  requestFor,
  signedBy,
  statementFor,
  type ClearDraft,
  type RawContact,
} from './clear-message.js';
import { InProcess, must, TENANT, type Person } from './in-process.js';

export { BRIDGE, eventually, PERSON };

/** For so long a backup may be restored. */
const BACKUP_DAYS = 35;

/** A network on the clock of the test. */
export type ClearAdapterOf = (clock: Clock) => ClearAdapter;

/** How a test wants one message to differ. */
export interface ClearChanges {
  readonly onUnknown?: 'report' | 'resend';
  readonly draft?: Partial<ClearDraft>;
  /** Taken from another message, when a statement is to be used twice. */
  readonly statementId?: string;
}

/** The edge's use cases with the real Twilio adapter on the pretend carrier, beside the gateway's and the worker's. */
export class ClearBridge {
  readonly context: EdgeContext;
  readonly links: MediaLinks;
  readonly resolve: ResolveContact;
  readonly dispatch: DispatchClearLane;
  readonly reconcile: ReconcileAttempt;
  readonly acceptInbound: AcceptInbound;
  readonly sweepInbound: SweepInbound;
  readonly indicate: Indicate;
  readonly reSeal: ReSealNumbers;
  readonly reKey: ReKeyNumbers;

  private constructor(
    readonly bridge: InProcess,
    readonly twilio: SimulatedTwilio,
    publicUrl: string,
  ) {
    const { stores, clock, events, keys, ledger, lanes, devices, digests, adapters } = bridge;
    const { accounts, contacts, attempts, inbox, partitions, privacy } = stores;
    const times = {
      callBeforeMs: 10_000,
      unknownAbsentAfterMs: 300_000,
      headBlockMs: 120_000,
      fallbackAfterMs: 300_000,
      unconfirmedAfterMs: 72 * 3_600_000,
    };
    const { conduct, retention } = bridge;
    const chargeParts = new ChargeParts(stores.spending, clock, events);
    const noted = {
      conduct,
      chargeParts,
      retention,
      lanes,
      devices,
      digests,
      events,
      clock,
      reports: bridge.reportKeys.tokens,
    };
    const { links, challenges, aliases, discovery, numbers, standings } = stores;
    const reached = { numbers, standings, links, challenges, aliases, discovery };
    const stored = { accounts, contacts, attempts, inbox, partitions, privacy, laneStore: stores.lanes, ...reached };
    this.links = new MediaLinks(clock, new Metrics(), publicUrl);
    const carriers = { adapters, bridgeNumbers: bridgeNumbersById([BRIDGE]), fileLinks: this.links };
    this.context = { ...noted, ...stored, ...carriers, keys, ledger, times };
    const verified = new FindVerifiedDevices(this.context);
    const outcome = new RecordOutcome(this.context);
    const fallBack = new FallBack(this.context, outcome);
    const receipt = new RecordReceipt(this.context, outcome, fallBack);
    this.resolve = new ResolveContact(this.context);
    this.dispatch = new DispatchClearLane(
      this.context,
      new CheckPermission(this.context, verified),
      new MakeAttempt(this.context, outcome),
      { outcome, fallBack },
    );
    this.reconcile = new ReconcileAttempt(this.context, outcome, receipt, fallBack);
    this.acceptInbound = new AcceptInbound(this.context, verified, receipt, outcome, TENANT);
    this.indicate = new Indicate(this.context);
    this.sweepInbound = new SweepInbound(this.context, this.acceptInbound);
    this.reSeal = new ReSealNumbers(this.context, keys);
    this.reKey = new ReKeyNumbers(stores.numberDigests, keys, { clock, backupDays: BACKUP_DAYS });
  }

  /** `rcs`: beside it, and before it in plans. `publicUrl`: where carriers fetch files, when a test serves them. */
  static async open({
    rcs,
    publicUrl = 'https://bridge.example',
  }: { readonly rcs?: ClearAdapterOf; readonly publicUrl?: string } = {}): Promise<ClearBridge> {
    const bridge = await InProcess.open();
    if (rcs) bridge.adapters.set('rcs', rcs(bridge.clock));
    const twilio = await startSimulatedTwilio();
    bridge.adapters.set(
      'sms',
      twilio.adapter({
        clock: bridge.clock,
        onUnknownCode: (code) => bridge.events.unknownVendorCode({ network: 'sms', code }),
      }),
    );
    return new ClearBridge(bridge, twilio, publicUrl);
  }

  async close(): Promise<void> {
    await this.twilio.close();
    await this.bridge.close();
  }

  async contact(person: Person, e164: string = PERSON): Promise<RawContact> {
    const { keyId, publicKey } = this.legKey(this.bridge.clock.nowMs() / 1000 + 120);
    const { tenant, account, device } = person.caller;
    const context = { tenant, region: this.bridge.keys.region, keyId, account, device };
    const sealedAddress = toBase64Url(sealAddress({ context, legPublicKey: publicKey, e164 }));
    const answer = await this.resolve.execute({ tenant, account, device, keyId, sealedAddress });
    if (answer.kind === 'refused') throw new Error(answer.code);
    const [contact, conversation] = [parseContactId(answer.contact), parseConversationId(answer.conversation)];
    return { contact: must(contact), conversation: must(conversation), address: `tel:${e164}` };
  }

  /** Sends `text` with everything in order, or with `changes`; answers with where it stands and the lane it went into. */
  async send(person: Person, to: RawContact, text: string, changes: ClearChanges = {}) {
    const request = this.request(person, to, text, changes);
    const accepted = await this.bridge.send.execute(person.caller, request);
    return { ...accepted, lane: must(this.bridge.wokenLanes.at(-1)) };
  }

  request(person: Person, to: RawContact, text: string, changes: ClearChanges = {}): SendMessageRequest {
    const { device } = person;
    const deadline = Math.floor(this.bridge.clock.nowMs() / 1000) + 3_600;
    const draft = draftOf(device, to, text, { deadline, ...changes.draft });
    const key = this.legKey(draft.deadline);
    const box = sealToEdge({
      context: {
        tenant: TENANT,
        region: this.bridge.keys.region,
        keyId: key.keyId,
        messageId: draft.messageId,
        senderAccount: device.account,
        senderDevice: device.deviceId,
        contactId: to.contact,
        networks: draft.networks,
        planDigest: digestOf(device, draft),
        deadline: draft.deadline,
      },
      legPublicKey: key.publicKey,
      content: draft.content,
      address: to.address,
      identityKey: device.identity.publicKey,
      identityPrivateKey: device.identity.privateKey,
    });
    const statement = {
      ...statementFor(device, draft),
      ...(changes.statementId && { statementId: changes.statementId }),
    };
    const body = {
      leg: 'clear',
      planDigest: digestOf(device, draft),
      networks: draft.networks,
      keyId: key.keyId,
      box,
      statement: signedBy(device, statement),
      sync: [],
    };
    const request = { ...requestFor(draft, body), onUnknown: changes.onUnknown ?? 'report' };
    return sendMessageSchema.parse(JSON.parse(toWireJson(request)));
  }

  async drain(lane: LaneId): Promise<void> {
    await this.dispatch.execute(lane);
  }

  /** Looks at every attempt whose time has come, as the edge does every second. */
  async look(): Promise<void> {
    const { clock } = this.bridge;
    const postponedTo = new Date(clock.nowMs() + 15_000);
    for (const key of await this.context.attempts.takeOpen(clock.now(), { postponedTo, limit: 50 }))
      await this.reconcile.execute(key);
  }

  async find(person: Person, { ref }: { readonly ref: Parameters<EdgeContext['attempts']['of']>[0] }) {
    const message = must(await this.bridge.stores.messages.find(person.caller, ref));
    return { ...message, attempts: await this.context.attempts.of(ref) };
  }

  /** Texts on the pretend handset, oldest first, once there are so many. */
  async received(e164: string, count: number): Promise<readonly string[]> {
    return eventually(async () => {
      const { messages } = await this.twilio.get(`/handsets/${e164}/messages`);
      const texts = messages.filter(({ direction }) => direction === 'received').map(({ body }) => body);
      return texts.length >= count ? texts : undefined;
    });
  }

  async clearFaults(): Promise<void> {
    await fetch(`${this.twilio.url}/faults`, { method: 'DELETE' });
  }

  async fault(fault: Readonly<Record<string, string | number>>): Promise<void> {
    await this.twilio.post('/faults', { network: 'sms', ...fault });
  }

  async calls(operation = 'create'): Promise<number> {
    return (await this.twilio.get('/log')).counts[operation] ?? 0;
  }

  /** When the lane must be looked at, milliseconds; null while it rests. */
  async dueMs(lane: LaneId): Promise<number | null> {
    const [row] = await this.bridge.stores.database.query<{ due: Date | null }>(
      'SELECT due_at AS due FROM transit.lane WHERE id = $1',
      lane,
    );
    return must(row).due?.getTime() ?? null;
  }

  private legKey(deadline: number): LegKey {
    const { keys, clock } = this.bridge;
    const bundle = openEdgeBundle(keys.bundle(), keys.identityPublicKey);
    return must(
      bundle && chooseLegKey(bundle, { deadline: Math.floor(deadline), now: Math.floor(clock.nowMs() / 1000) }),
    );
  }
}
