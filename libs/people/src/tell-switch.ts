import type { AccountId, ConversationId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import type { AuthenticatedDevice, ConsentStore, DeviceRef, RouteStore } from '@causeway/storage';
import type { TellDevices } from './tell-devices.js';
import type { Candidate } from './route-vetoes.js';

/** Remembers which way a conversation takes and tells both ends, on all their devices, when it is another one than before. */
export class TellSwitch {
  constructor(
    private readonly routes: RouteStore,
    private readonly consents: ConsentStore,
    private readonly tell: TellDevices,
    private readonly clock: Clock,
    private readonly wake: (devices: readonly DeviceRef[]) => void,
  ) {}

  async execute(
    caller: AuthenticatedDevice,
    chosen: {
      readonly conversation: ConversationId;
      readonly way: Candidate;
      readonly order: readonly string[];
      readonly before: string | undefined;
      readonly peer: AccountId | undefined;
    },
  ): Promise<void> {
    const { conversation, way, order, before, peer } = chosen;
    const { tenant, account } = caller;
    const isSwitch = await this.routes.choose({ tenant, account, conversation, way: way.key, order, before });
    if (!isSwitch) return;
    const event = {
      type: 'route-switched',
      conversation,
      from: caller.address,
      network: way.network,
      confidentiality: way.confidentiality,
      ...(way.host === undefined ? {} : { address: way.key }),
      at: this.clock.now().toISOString(),
    } as const;
    this.wake(await this.tell.execute(caller, event));
    // one who blocked the sender hears nothing of them, and that is not to be seen here either
    const theirs = peer && (await this.consents.findOfPeer(caller, peer));
    if (theirs && !theirs.isBlocked)
      this.wake(await this.tell.execute({ tenant, account: peer }, { ...event, conversation: theirs.conversation }));
  }
}
