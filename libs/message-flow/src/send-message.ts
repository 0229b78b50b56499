import { createHash } from 'node:crypto';
import type { MessageBody, SendMessageRequest } from '@causeway/api-contract';
import {
  CausewayError,
  mintLaneId,
  mintTransitId,
  purgeHourOf,
  toBytes,
  type LaneId,
  type MessageId,
  type TransitId,
} from '@causeway/message-model';
import { refuseOtherCell } from '@causeway/people';
import type { Clock } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import type {
  AcceptResult,
  AuthenticatedDevice,
  BoxRow,
  DeviceRef,
  MessageScope,
  MessageStore,
  NewMessage,
  PartitionStore,
  Recipient,
  RecipientKey,
  RecipientStore,
  SealedBody,
} from '@causeway/storage';
import type { MessageLifetimes } from '@causeway/retention';
import type { DedupeDigests } from './dedupe-digest.js';
import { GroupCommit } from './group-commit.js';
import { MAX_LIFETIME_HOURS, type RetentionRules } from './lifetimes.js';
import type { JudgeSend } from './judge-send.js';
import type { BodyQuestion, SealBody } from './seal-body.js';
import type { DeviceWaker, FreshItem, LaneWaker } from './wakes.js';

export interface Accepted {
  readonly ref: TransitId;
  readonly messageId: MessageId;
  readonly state: string;
  readonly reason: string | null;
  readonly deliverBefore: Date;
}

/** Under load one look-up is for what arrives in this time. */
const LOOK_UP_MS = 10;

/** Under load one commit carries what arrives in this time. */
const GATHER_MS = 20;

/**
 * Takes responsibility for a message: when `execute` resolves, it is committed (P3). The same message sent again is the same message (P4).
 * A message without a body waits on the sender's device and is given its body by sending it again under the same id.
 */
export class SendMessage {
  private readonly recipients: GroupCommit<RecipientKey, Recipient>;
  private readonly accepts: GroupCommit<NewMessage, AcceptResult>;
  private readonly lifetimes: GroupCommit<MessageScope, MessageLifetimes>;

  constructor(
    private readonly messages: MessageStore,
    recipients: RecipientStore,
    private readonly partitions: PartitionStore,
    private readonly seal: SealBody,
    private readonly digests: DedupeDigests,
    private readonly lanes: LaneWaker,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly retention: RetentionRules,
    private readonly judge: JudgeSend,
  ) {
    this.recipients = new GroupCommit((keys) => recipients.find(keys), {
      maxItems: 200,
      maxUnderWay: 1,
      gatherMs: LOOK_UP_MS,
      ownerOf: ({ tenant }) => tenant,
    });
    this.lifetimes = new GroupCommit((scopes) => retention.book.lifetimes(scopes), {
      maxItems: 200,
      maxUnderWay: 1,
      gatherMs: LOOK_UP_MS,
      ownerOf: ({ tenant }) => tenant,
    });
    this.accepts = new GroupCommit((batch) => messages.accept(batch, clock.now()), {
      maxItems: 200,
      maxUnderWay: 1,
      gatherMs: GATHER_MS,
      ownerOf: ({ sender }) => sender.tenant,
    });
  }

  async execute(sender: AuthenticatedDevice, request: SendMessageRequest): Promise<Accepted> {
    await this.retention.brake.check();
    const lifetimes = await this.lifetimesOf(sender, request);
    const deliverBefore = this.deadline(request, lifetimes);
    const recipient = await this.recipient(sender, request);
    await this.judge.execute(sender, request, recipient);
    const ref = mintTransitId('m', deliverBefore.getTime() + lifetimes.metadataHours * 3_600_000);
    const body = await this.body({ sender, request, recipient, deliverBefore });
    const message = this.newMessage({ sender, request, ref, body, deliverBefore });
    await this.partitions.ensure('m', purgeHourOf(ref));
    const result = await this.accepts.add(message);
    if (!result.isSameMessage) throw new CausewayError('idempotency-mismatch', { pointer: '/messageId' });
    const accepted = result.isNew
      ? await this.accepted(message, result)
      : await this.taken(message, result, { sender, request, recipient });
    await this.judge.noteSent(sender, request, recipient);
    return accepted;
  }

  /** What was accepted before, with the body that came now. */
  private async taken(
    message: NewMessage,
    result: AcceptResult,
    { sender, request, recipient }: Omit<BodyQuestion, 'deliverBefore'>,
  ): Promise<Accepted> {
    const { deliverBefore } = message;
    const isCut = result.deliverBefore < deliverBefore && deliverBefore.getTime() < request.deliverBefore * 1000;
    if (!isCut) return this.repeated(message, result);
    // its deadline was cut when it came first: what comes now is stored for that one
    const cut = { deliverBefore: result.deliverBefore };
    return this.repeated({ ...message, ...cut, body: await this.body({ sender, request, recipient, ...cut }) }, result);
  }

  private async body(question: BodyQuestion): Promise<SealedBody | null> {
    const body = await this.seal.execute(question);
    for (const hour of new Set(body?.boxes.map((box) => purgeHourOf(box.id)) ?? []))
      await this.partitions.ensure('i', hour);
    return body;
  }

  /**
   * The deadline asked for, or the earlier one that the policies have. A deadline that the words and the permission are bound to cannot be
   * moved, so on a clear leg a later one is refused.
   */
  private deadline(request: SendMessageRequest, { undeliveredSeconds }: MessageLifetimes): Date {
    const asked = request.deliverBefore * 1000;
    const nowMs = this.clock.nowMs();
    if (asked <= nowMs || asked > nowMs + MAX_LIFETIME_HOURS * 3_600_000) {
      throw new CausewayError('invalid-request', {
        pointer: '/deliverBefore',
        detail: 'The deadline must lie within the next 30 days',
      });
    }
    if (asked <= nowMs + undeliveredSeconds * 1000) return new Date(asked);
    if (request.to.kind !== 'contact') return new Date(Math.floor(nowMs / 1000 + undeliveredSeconds) * 1000);
    throw new CausewayError('retention-exceeded', {
      pointer: '/deliverBefore',
      detail: `What is undelivered here may be kept for ${undeliveredSeconds} seconds at most`,
      extensions: { keepSeconds: undeliveredSeconds },
    });
  }

  private async lifetimesOf({ tenant, account }: DeviceRef, { to }: SendMessageRequest): Promise<MessageLifetimes> {
    const ofAll = await this.retention.book.lifetimesOfAll();
    return ofAll ?? this.lifetimes.add({ tenant, account, conversation: to.conversation });
  }

  /** A first contact does not look at its target at all: nobody can learn from the answer who is there. */
  private async recipient(sender: AuthenticatedDevice, { to }: SendMessageRequest): Promise<Recipient | null> {
    if (to.kind === 'address') {
      refuseOtherCell(sender, to.address.uri, '/to/address');
      return null;
    }
    const found = await this.recipients.add({
      tenant: sender.tenant,
      account: sender.account,
      conversation: to.conversation,
    });
    if (to.kind === 'contact' && found.contact !== to.contact)
      throw new CausewayError('not-found', { pointer: '/to/contact' });
    if (to.kind === 'conversation' && found.peer === null)
      throw new CausewayError('no-consent', { pointer: '/to/conversation' });
    return found;
  }

  private newMessage(input: {
    sender: DeviceRef;
    request: SendMessageRequest;
    ref: TransitId;
    body: SealedBody | null;
    deliverBefore: Date;
  }): NewMessage {
    const { sender, request } = input;
    const { tenant, account, device } = sender;
    const name = ['accepted', tenant, account, device, request.messageId];
    return {
      ...this.digests.of(name, this.clock.now()),
      ref: input.ref,
      sender: { tenant, account, device },
      messageId: request.messageId,
      conversation: request.to.conversation,
      laneId: mintLaneId(),
      laneLeg: request.to.kind === 'contact' ? 'clear' : 'native',
      contact: request.to.kind === 'contact' ? request.to.contact : null,
      requestAddress: request.to.kind === 'address' ? request.to.address.uri : null,
      floor: request.floor,
      onUnknown: request.onUnknown,
      waitReason: waitReasonOf(request.body),
      body: input.body,
      deliverBefore: input.deliverBefore,
      fingerprint: fingerprintOf(request),
    };
  }

  private async accepted(message: NewMessage, result: AcceptResult): Promise<Accepted> {
    const { messageId } = message;
    this.events.messageAccepted({ messageId, leg: message.laneLeg, direction: 'outbound' });
    if (message.waitReason) this.events.messageWaiting({ messageId, reason: message.waitReason });
    this.wake(message, result);
    return { ...result, messageId };
  }

  /** A waiting message takes the body that came with the repetition. Its deadline is fixed: boxes and partitions were made for it. */
  private async repeated(message: NewMessage, stored: AcceptResult): Promise<Accepted> {
    const { messageId, body, sender } = message;
    if (stored.state !== 'waiting-on-sender' || !body) return { ...stored, messageId };
    if (stored.deliverBefore.getTime() !== message.deliverBefore.getTime()) {
      throw new CausewayError('idempotency-mismatch', { pointer: '/deliverBefore' });
    }
    const lane = await this.messages.attach(stored.ref, body, this.clock.now());
    if (lane) {
      this.wake(message, { lane, position: null, isDelivered: false });
      return { ...stored, messageId, state: 'ready', reason: null };
    }
    // someone else moved it a moment ago: the answer is where it stands now
    const row = await this.messages.find(sender, stored.ref);
    return { ...stored, messageId, ...(row && { state: row.state, reason: row.reason }) };
  }

  /**
   * Devices hear of it once the answer is on its way: to hand something to a device that is there takes a moment, by which whoever wrote could
   * tell it from one that is not, or from somebody who blocked them.
   */
  private wake(message: NewMessage, placed: Pick<AcceptResult, 'lane' | 'position' | 'isDelivered'>): void {
    const boxes = message.body?.boxes.filter(({ isWithheld }) => !isWithheld) ?? [];
    const { lane, position } = placed;
    if (placed.isDelivered && lane && position !== null) {
      setImmediate(() => this.devices.bring(boxes.map((box) => freshBox(box, lane, position))));
      return;
    }
    // copies for the sender's own devices do not wait for a clear lane
    if (message.laneLeg === 'clear') setImmediate(() => this.devices.wake(boxes.filter(({ isSync }) => isSync)));
    if (!placed.lane) return;
    void this.lanes.wake(message.laneLeg, [placed.lane]);
    this.events.lanesWoken({ track: message.laneLeg, cause: 'accept', count: 1 });
  }
}

const freshBox = (box: BoxRow, lane: LaneId, position: bigint): FreshItem => ({
  kind: 'box',
  device: { tenant: box.tenant, account: box.account, device: box.device },
  row: { id: box.id, kind: 'box', sealKeyId: box.sealKeyId, body: box.body },
  lane,
  position,
});

const waitReasonOf = (body: MessageBody): string | null => (body.leg === 'none' ? body.reason : null);

/** Sealing is randomised, but the message id commits to the content (PROTOCOL 7). */
function fingerprintOf(request: SendMessageRequest) {
  const { messageId, to, floor } = request;
  return toBytes(
    createHash('sha256')
      .update(JSON.stringify([messageId, to.conversation, floor]))
      .digest()
      .subarray(0, 16),
  );
}
