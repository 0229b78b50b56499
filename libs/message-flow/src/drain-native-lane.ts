import type { LaneId } from '@causeway/message-model';
import type { TellDevices } from '@causeway/people';
import type { Clock } from '@causeway/platform';
import type { ConsentStore, LaneMessage, LaneStore, RecipientStore } from '@causeway/storage';
import type { DeviceWaker } from './wakes.js';

const BATCH = 100;

/** A lane that is never done gives its worker to others: it stays due, and the sweeper wakes it again. */
const MAX_ROUNDS = 100;

/**
 * Moves a native lane on: brings first contacts to their targets, and ready messages, in order and never past a waiting one, to the inboxes
 * of the recipient's devices. Safe to run twice at once: each row moves in one statement, once.
 */
export class DrainNativeLane {
  constructor(
    private readonly lanes: LaneStore,
    private readonly recipients: RecipientStore,
    private readonly consents: ConsentStore,
    private readonly tell: TellDevices,
    private readonly devices: DeviceWaker,
    private readonly clock: Clock,
  ) {}

  async execute(lane: LaneId): Promise<void> {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds += 1) {
      const { revision, messages } = await this.lanes.head(lane, BATCH);
      await this.lodgeRequests(messages);
      await this.tellHeldBack(messages);
      const ready = firstReady(messages);
      const hasMoved = ready.length > 0 && (await this.deliver(ready));
      // what is ready and does not move is past its deadline: the sweep ends it, and marks the lane due
      if (hasMoved && ready.length === BATCH) continue;
      await this.lanes.settle(lane, hasMoved ? revision + 1n : revision, null);
      return;
    }
  }

  /** True when anything left the lane, which is then one revision on. */
  private async deliver(ready: readonly LaneMessage[]): Promise<boolean> {
    const found = await this.recipients.find(ready);
    const refs = ready.map(({ ref }) => ref);
    const withheld = refs.filter((_, index) => found[index]?.isBlockedByPeer);
    const dropped = refs.filter((_, index) => (found[index]?.peer ?? null) === null);
    const { moved, touched } = await this.lanes.drainNative(refs, { withheld, dropped }, this.clock.now());
    this.devices.wake(touched);
    return moved > 0;
  }

  /** One request per address, however many messages wait for its answer. */
  private async lodgeRequests(messages: readonly LaneMessage[]): Promise<void> {
    const waiting = messages.filter((message) => message.state === 'waiting-on-sender' && !message.isRequestLodged);
    for (const address of new Set(waiting.map((message) => message.requestAddress))) {
      const asking = waiting.filter((message) => message.requestAddress === address);
      const [first] = asking;
      if (address === null || !first) continue;
      await this.lodge(first, address);
      await this.lanes.markLodged(asking.map((message) => message.ref));
    }
  }

  /**
   * Whose account key changed is told that words to them wait for a look at it: to whom it was lent or who had it changed behind their back,
   * that is the first they hear of it. Once for what waits together, and never of somebody they blocked.
   */
  private async tellHeldBack(messages: readonly LaneMessage[]): Promise<void> {
    const waiting = messages.filter(
      ({ state, reason, isRequestLodged }) =>
        state === 'waiting-on-sender' && reason === 'key-change' && !isRequestLodged,
    );
    const [first] = waiting;
    if (!first) return;
    const { tenant, conversation } = first;
    const [recipient] = await this.recipients.find([first]);
    const peer = recipient?.isBlockedByPeer ? null : (recipient?.peer ?? null);
    const sender = peer && (await this.consents.find({ tenant, account: peer }, { conversation }));
    if (peer && sender) {
      const told = { type: 'key-change-held', from: sender.peerAddress, conversation } as const;
      const at = this.clock.now().toISOString();
      this.devices.wake(await this.tell.execute({ tenant, account: peer }, { ...told, at }));
    }
    await this.lanes.markLodged(waiting.map(({ ref }) => ref));
  }

  private async lodge(message: LaneMessage, targetAddress: string): Promise<void> {
    const { tenant, account } = message;
    const now = this.clock.now();
    const lodged = await this.consents.lodge({
      tenant,
      requester: account,
      targetAddress,
      conversation: message.conversation,
      now,
    });
    const at = now.toISOString();
    switch (lodged.kind) {
      case 'kept-silent':
        return;
      case 'requested': {
        const { request } = lodged;
        const event = { type: 'consent-request', request, from: lodged.requesterAddress, requestedAt: at } as const;
        this.devices.wake(await this.tell.execute({ tenant, account: lodged.target }, event));
        return;
      }
      case 'granted': {
        const { conversation, peer, peerAddress } = lodged.granted;
        const news = { type: 'consent-granted', conversation, at } as const;
        this.devices.wake(await this.tell.execute(message, { ...news, peer: peerAddress }));
        if (!lodged.isTargetTold) return;
        const toTarget = { ...news, peer: lodged.requesterAddress };
        this.devices.wake(await this.tell.execute({ tenant, account: peer }, toTarget));
      }
    }
  }
}

/** Ready messages at the front: a native message never overtakes. */
function firstReady(messages: readonly LaneMessage[]): readonly LaneMessage[] {
  const blocked = messages.findIndex((message) => message.state !== 'ready');
  return blocked < 0 ? messages : messages.slice(0, blocked);
}
