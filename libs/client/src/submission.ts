import { planDigest, toWireJson, type ClearPlan, type MessageTarget, type NativePlan } from '@causeway/api-contract';
import {
  decodeContent,
  isTerminal,
  type ConversationId,
  type MessageState,
  type WaitReason,
} from '@causeway/message-model';
import { parseAccountLink } from '@causeway/signal-protocol';
import { coveredNetworks, permittedNetworks, sealForEdge, statementFor } from './clear-sealing.js';
import { cancelQuietly } from './cancel-quietly.js';
import { moveMessage, nativeConversation } from './compose.js';
import { contactOf, isClearAddress } from './contacts.js';
import { boundedBy, withinPermission } from './deadlines.js';
import { nowSeconds, type DeviceContext } from './device-context.js';
import type { EdgeTrust } from './edge-trust.js';
import { LedMessages } from './led-messages.js';
import { noteLinks } from './linked-account.js';
import { sealCopies } from './native-sealing.js';
import type { Peers } from './peers.js';
import { previewOf, previewsEqual } from './preview.js';
import { isTemporary, ProblemError } from './problem-error.js';
import { RecentPlans } from './recent-plans.js';
import { RECORDS, type ContactRecord, type OutgoingRecord, type Peer, type PermissionRecord } from './records.js';
import { Repair } from './repair.js';
import { keepRequest, requestHead } from './kept-request.js';
import type { MessageDoor } from './message-door.js';
import { recordState } from './message-states.js';
import { told } from './told.js';
import { TrustError } from './trust-error.js';
import { readWireState } from './wire-state.js';
import type { WireTarget } from './gateway-api.js';

/** Plan, seal, submit; each repair starts over. A gateway that asks for more than this is not going to be satisfied. */
const ROUNDS = 5;
const CONSENT_GONE: ReadonlySet<string> = new Set(['no-consent', 'not-found']);
const isOfGone = (error: unknown): boolean => error instanceof ProblemError && error.code === 'not-found';

/**
 * Brings one message as far as it can go now: plan, check what the plan claims, seal, submit; or a header alone, which
 * says that there is a message and why it waits. Call it for one message of an address at a time.
 */
export class Submission {
  readonly #repair: Repair;
  readonly #plans: RecentPlans;
  readonly #led: LedMessages;

  constructor(
    private readonly context: DeviceContext,
    private readonly peers: Peers,
    private readonly edge: EdgeTrust,
    private readonly door: MessageDoor,
    /** A message has moved to this address, whose turn it takes there. */
    private readonly movedTo: (address: string) => void,
  ) {
    this.#repair = new Repair(context, peers);
    this.#plans = new RecentPlans(context.nowMs);
    this.#led = new LedMessages(context, peers, movedTo);
  }

  async advance(messageId: OutgoingRecord['messageId']): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const record = await this.context.store.get(RECORDS.outgoing, messageId);
      if (!record || (record.state && isTerminal(record.state))) return;
      if (record.deliverBefore <= nowSeconds(this.context)) return this.#end(record, { kind: 'expired' });
      const next = record.request ?? (await this.#prepare(record));
      if (next === undefined) return;
      const current = (await this.context.store.get(RECORDS.outgoing, messageId)) ?? record;
      if ((await this.#submit(current, next)) === 'done') return;
    }
    throw told(this.context.events, new TrustError('devices-beyond-the-verified-list', 'gateway'));
  }

  /** The request to submit, if there is one to submit under this id now. */
  async #prepare(record: OutgoingRecord): Promise<string | undefined> {
    if (isClearAddress(record.address)) return this.#prepareClear(record);
    try {
      return await this.#prepareNative(record);
    } catch (error) {
      // Consent was taken back since the plan, or since we learnt of the conversation.
      if (!(error instanceof ProblemError && CONSENT_GONE.has(error.code))) throw error;
      return (await this.#led.back(record)) ? undefined : this.#header(record, 'consent');
    }
  }

  async #prepareNative(record: OutgoingRecord): Promise<string | undefined> {
    const peer = await this.peers.get(record.address);
    const target: WireTarget = peer.conversation
      ? { kind: 'conversation', conversation: peer.conversation }
      : { kind: 'address', address: record.address };
    const plan = this.#plans.of(record, peer, this.context.own.current) ?? (await this.#askPlan(target, record));
    if (plan.leg === 'none') return (await this.#led.back(record)) ? undefined : this.#header(record, 'consent');
    if (plan.leg !== 'native') throw told(this.context.events, new TrustError('plan-does-not-match', record.address));
    if (plan.peer.address.uri !== record.address) {
      const staying = await this.#led.follow(record, peer, plan);
      return staying && this.#prepareNative(staying);
    }
    if (plan.conversation !== peer.conversation) await this.#learnConversation(record.address, plan);
    if (plan.conversation !== record.conversation) return this.#move(record, plan.conversation);
    const current = await this.#believedLists(record, plan);
    if (current.change) return (await this.#led.back(record)) ? undefined : this.#header(record, 'key-change');
    return this.#sealNative(record, plan, current);
  }

  async #askPlan(target: WireTarget, { address, stays }: OutgoingRecord) {
    const writtenBefore = (await this.context.store.get(RECORDS.counter, 'outgoing')) ?? 0;
    const plan = await this.context.api.planRoute(target, { stays });
    if (plan.leg !== 'native') return plan;
    this.#plans.keep(plan, writtenBefore);
    await noteLinks(this.context, this.peers, address, plan);
    return plan;
  }

  /** Versions in a plan are a hint: what counts is the list that verifies, fetched whenever the hint differs or a change awaits review. */
  async #believedLists(record: OutgoingRecord, plan: NativePlan): Promise<Peer> {
    const peer = await this.peers.get(record.address);
    const isCurrent =
      peer.change === null &&
      peer.pin?.account === plan.peer.account &&
      peer.pin.version === plan.peer.deviceListVersion &&
      this.context.own.current.list.version === plan.self.deviceListVersion;
    return isCurrent ? peer : this.peers.refresh(record.address, plan.conversation);
  }

  async #sealNative(record: OutgoingRecord, plan: NativePlan, peer: Peer): Promise<string> {
    if (!peer.pin) throw told(this.context.events, new TrustError('list-does-not-verify', record.address));
    let request = '';
    await sealCopies(this.context, record, peer.pin, async (unit, { recipient, sync }) => {
      const to: MessageTarget = { kind: 'conversation', conversation: plan.conversation };
      const body = { leg: 'native', planDigest: plan.digest, recipient, sync };
      request = await keepRequest(unit, record, { ...requestHead(record), to, body });
    });
    return request;
  }

  async #prepareClear(record: OutgoingRecord): Promise<string | undefined> {
    const contact = await contactOf(this.context, this.edge, record.address);
    // Written while nobody could be asked for the conversation of this number.
    if (contact.conversation !== record.conversation) return this.#move(record, contact.conversation);
    const plan = await this.#planFor(contact);
    if (plan === 'gone') return this.#endGone(record);
    if (plan.leg === 'none') return this.#header(record, 'route', contact);
    if (plan.leg === 'native') return this.#goNative(record, plan);
    if (plan.contact !== contact.contact || !this.#isNamedRightly(plan, record)) {
      throw told(this.context.events, new TrustError('plan-does-not-match', record.address));
    }
    return this.#clearFor(boundedBy(record, plan, nowSeconds(this.context)), plan, contact);
  }

  /** A contact that is not at the gateway any more: removed from another device, or gone with its alias. */
  async #planFor({ contact }: ContactRecord) {
    try {
      return await this.context.api.planRoute({ kind: 'contact', contact });
    } catch (error) {
      if (isOfGone(error)) return 'gone' as const;
      throw error;
    }
  }

  /** What came through an alias ended with it, and nothing leads there any more. A telephone is made a contact of anew. */
  async #endGone(record: OutgoingRecord): Promise<undefined> {
    if (record.address.startsWith('tel:')) {
      const { conversation } = await contactOf(this.context, this.edge, record.address, { isFresh: true });
      if (conversation !== record.conversation) return this.#move(record, conversation);
    }
    await this.#end(record, { kind: 'failed', reason: 'conversation-ended' });
    if (record.gatewayId) await cancelQuietly(this.context, record.gatewayId);
    return undefined;
  }

  /** The number's owner may be found by it and wants to be reached natively: what was not said yet is said there, sealed. */
  async #goNative(record: OutgoingRecord, { conversation, peer, links }: NativePlan): Promise<undefined> {
    const { native } = await contactOf(this.context, this.edge, record.address, { isFresh: true });
    const address = peer.address.uri;
    const isLed = links.some(({ document }) => parseAccountLink(document)?.linkedAddress === native);
    if (native === null || (native !== address && !isLed))
      throw told(this.context.events, new TrustError('plan-does-not-match', record.address));
    await this.context.store.unit(async (unit) => {
      // where a link leads on from there is for that account's key to say
      const agreed = native === address ? conversation : await nativeConversation(unit, native);
      await moveMessage(unit, this.context, record, { address: native, conversation: agreed, floor: 'sealed' });
    });
    if (record.gatewayId) await cancelQuietly(this.context, record.gatewayId);
    this.movedTo(native);
    return undefined;
  }

  async #clearFor(record: OutgoingRecord, plan: ClearPlan, contact: ContactRecord): Promise<string | undefined> {
    const shown = previewOf(decodeContent(record.content, record.createdAtMs), plan);
    if (shown.kind === 'refused') {
      await this.#end(record, { kind: 'failed', reason: 'content-rejected' });
      return undefined;
    }
    const { preview } = shown;
    const networks = permittedNetworks(record, plan).filter((network) => preview.networks.includes(network));
    // Permission was for what was shown: other words, or other losses, are shown again.
    const isAsShown = !record.preview || previewsEqual(record.preview, preview);
    if (networks.length > 0 && isAsShown) return this.#sealClear({ ...record, preview }, { plan, contact, networks });
    const given = await this.context.store.get(RECORDS.permission, record.address);
    const bounded = withinPermission(record, given);
    const covered = coveredNetworks(given, { plan, record: bounded, now: nowSeconds(this.context) });
    const over = covered.filter((network) => preview.networks.includes(network));
    if (over.length > 0) return this.#sealClear({ ...bounded, preview }, { plan, contact, networks: over, given });
    const waiting = { ...record, preview, permitted: null };
    await this.context.store.put(RECORDS.outgoing, record.messageId, waiting);
    return this.#header(waiting, 'downgrade', contact);
  }

  #isNamedRightly(plan: ClearPlan, { conversation }: OutgoingRecord): boolean {
    const { tenant } = this.context.own.current;
    const { leg, networks, digest } = plan;
    return plan.conversation === conversation && digest === planDigest({ tenant, conversation, leg, networks });
  }

  async #sealClear(
    record: OutgoingRecord,
    {
      plan,
      contact,
      networks,
      given,
    }: {
      plan: ClearPlan;
      contact: ContactRecord;
      networks: ClearPlan['networks'];
      given?: PermissionRecord | undefined;
    },
  ): Promise<string> {
    const self = this.context.own.current;
    if (!record.preview) throw new Error('a clear message is sealed with its preview');
    const deadline = record.deliverBefore;
    const { tenant } = self;
    const digest = planDigest({ tenant, conversation: record.conversation, leg: 'clear', networks });
    const leg = await this.edge.legKeyFor(this.#repair.takeFreshEdge(record.messageId) ?? plan.edge, deadline);
    const permission = {
      self,
      record,
      contact: contact.contact,
      preview: record.preview,
      networks,
      notAfter: deadline,
    };
    const statement = given?.statement ?? statementFor(permission);
    const sealed = { ...record, statement };
    const box = sealForEdge({
      self,
      record,
      contact: contact.contact,
      networks,
      planDigest: digest,
      deadline,
      leg,
      permissionSecret: given?.secret,
    });
    let request = '';
    await sealCopies(this.context, sealed, undefined, async (unit, { sync }) => {
      const body = { leg: 'clear', planDigest: digest, networks, keyId: leg.key.keyId, box, statement, sync };
      const to = { kind: 'contact', contact: contact.contact, conversation: record.conversation };
      request = await keepRequest(unit, sealed, { ...requestHead(record), to, body });
    });
    return request;
  }

  /** A header that the gateway already has for this reason is not sent again. */
  #header(record: OutgoingRecord, reason: WaitReason, contact?: ContactRecord): string | undefined {
    const { state, conversation } = record;
    if (record.gatewayId && state?.kind === 'waiting-on-sender' && state.reason === reason) return undefined;
    const to = contact
      ? { kind: 'contact', contact: contact.contact, conversation }
      : reason === 'consent'
        ? { kind: 'address', address: record.address, conversation }
        : { kind: 'conversation', conversation };
    return toWireJson({ ...requestHead(record), to, body: { leg: 'none', reason } });
  }

  async #submit(record: OutgoingRecord, json: string): Promise<'done' | 'again'> {
    try {
      const accepted = await this.door.submit(record.messageId, json);
      const state = readWireState(accepted.state);
      // unsettled: lost in a crash, it is asked for again, with the same request
      await this.context.store.unsettledUnit(async (unit) => {
        const kept = await unit.get(RECORDS.outgoing, record.messageId);
        if (!kept) return;
        unit.put(RECORDS.outgoing, record.messageId, { ...kept, gatewayId: accepted.id });
        const history = await unit.get(RECORDS.history, record.messageId);
        if (history) unit.put(RECORDS.history, record.messageId, { ...history, gatewayId: accepted.id });
        await recordState(unit, this.context, record.messageId, state);
      });
      return 'done';
    } catch (error) {
      this.#plans.drop(record.conversation);
      if (!(error instanceof ProblemError)) throw error;
      return this.#refused(record, error);
    }
  }

  async #refused(record: OutgoingRecord, problem: ProblemError): Promise<'done' | 'again'> {
    if (await this.#repair.attempt(record, problem)) return 'again';
    if (isTemporary(problem)) throw problem;
    if (isOfGone(problem) && isClearAddress(record.address)) {
      await this.#endGone(record);
      return 'done';
    }
    const reason = problem.code === 'region-not-permitted' ? problem.code : 'sender-not-permitted';
    await this.#end(record, { kind: 'failed', reason });
    if (record.gatewayId) await cancelQuietly(this.context, record.gatewayId);
    throw problem;
  }

  async #learnConversation(address: string, plan: NativePlan): Promise<void> {
    await this.context.store.unit(async (unit) => {
      const peer = await this.peers.get(address);
      unit.put(RECORDS.peer, address, { ...peer, conversation: plan.conversation });
      unit.put(RECORDS.conversation, plan.conversation, { kind: 'native', address });
    });
  }

  async #move(record: OutgoingRecord, conversation: ConversationId): Promise<undefined> {
    const moved = await this.context.store.unit((unit) => moveMessage(unit, this.context, record, { conversation }));
    if (record.gatewayId) await cancelQuietly(this.context, record.gatewayId);
    await this.advance(moved.messageId);
    return undefined;
  }

  #end(record: OutgoingRecord, state: MessageState): Promise<void> {
    return this.context.store.unit((unit) => recordState(unit, this.context, record.messageId, state));
  }
}
