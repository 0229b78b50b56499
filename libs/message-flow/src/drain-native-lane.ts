import type { LaneId } from '@causeway/message-model';
import { requestIdOf, type TellDevices } from '@causeway/people';
import type { Clock } from '@causeway/platform';
import type { ConsentStore, DeviceRef, LaneMessage, LaneStore, RecipientStore } from '@causeway/storage';
import type { DeviceWaker } from './wakes.js';

const BATCH = 100;

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
    for (;;) {
      const { revision, messages } = await this.lanes.head(lane, BATCH);
      await this.lodgeRequests(messages);
      const ready = firstReady(messages);
      if (ready.length > 0) this.devices.wake(await this.deliver(ready));
      if (ready.length < BATCH) {
        await this.lanes.settle(lane, ready.length > 0 ? revision + 1n : revision, null);
        return;
      }
    }
  }

  private async deliver(ready: readonly LaneMessage[]): Promise<readonly DeviceRef[]> {
    const found = await this.recipients.find(ready);
    const withheld = ready.filter((_, index) => found[index]?.isBlockedByPeer ?? true).map((message) => message.ref);
    return this.lanes.drainNative(ready.map((message) => message.ref), withheld, this.clock.now());
  }

  private async lodgeRequests(messages: readonly LaneMessage[]): Promise<void> {
    const waiting = messages.filter((message) => message.state === 'waiting-on-sender' && message.requestAddress !== null && !message.isRequestLodged);
    const [first] = waiting;
    if (!first || first.requestAddress === null) return;
    await this.lodge(first, first.requestAddress);
    await this.lanes.markLodged(waiting.map((message) => message.ref));
  }

  /** One request per lane: it is about one conversation, however many messages wait in it. */
  private async lodge(message: LaneMessage, targetAddress: string): Promise<void> {
    const now = this.clock.now();
    const lodged = await this.consents.lodge({
      tenant: message.tenant,
      requester: message.account,
      targetAddress,
      conversation: message.conversation,
      request: requestIdOf(message.tenant, message.account, targetAddress),
      now,
    });
    const at = now.toISOString();
    if (lodged.result === 'requested' && lodged.target && lodged.requesterAddress) {
      const request = requestIdOf(message.tenant, message.account, targetAddress);
      const event = { type: 'consent-request', request, from: lodged.requesterAddress, requestedAt: at } as const;
      this.devices.wake(await this.tell.execute({ tenant: message.tenant, account: lodged.target }, event));
    }
    if (lodged.result === 'granted' && lodged.granted && lodged.requesterAddress) {
      const { conversation, peerAddress } = lodged.granted;
      const toRequester = { type: 'consent-granted', peer: peerAddress, conversation, at } as const;
      this.devices.wake(await this.tell.execute(message, toRequester));
      const toTarget = { type: 'consent-granted', peer: lodged.requesterAddress, conversation, at } as const;
      this.devices.wake(await this.tell.execute({ tenant: message.tenant, account: lodged.granted.peer }, toTarget));
    }
  }
}

/** Ready messages at the front: a native message never overtakes. */
function firstReady(messages: readonly LaneMessage[]): readonly LaneMessage[] {
  const blocked = messages.findIndex((message) => message.state !== 'ready');
  return blocked < 0 ? messages : messages.slice(0, blocked);
}
