import type { Clock } from '@causeway/platform';
import { checkAccountLink } from '@causeway/signal-protocol';
import type {
  AccountStore,
  AuthenticatedDevice,
  CarriedGrantStore,
  DeviceRef,
  LinkedAccount,
  NativeWay,
} from '@causeway/storage';
import { linkedParty } from './linked-party.js';
import type { TellDevices } from './tell-devices.js';

/** Leads whom one account granted to another account of the same person. */
export class LeadToLinked {
  constructor(
    private readonly accounts: AccountStore,
    private readonly grants: CarriedGrantStore,
    private readonly tell: TellDevices,
    private readonly clock: Clock,
    private readonly wake: (devices: readonly DeviceRef[]) => void,
  ) {}

  /** Links that a device would believe: one that is not under both device lists as they are now is shown to nobody. */
  async holding(
    { tenant }: AuthenticatedDevice,
    granted: NativeWay | undefined,
    linked: readonly LinkedAccount[],
  ): Promise<readonly LinkedAccount[]> {
    if (!granted || linked.length === 0) return [];
    const stored = await this.accounts.deviceLists(tenant, [granted.peer, ...linked.map(({ account }) => account)]);
    const accepting = linkedParty(stored, granted.peer);
    const now = this.clock.nowMs() / 1000;
    return linked.filter(({ account, signed }) => {
      const offering = linkedParty(stored, account);
      return offering && accepting && checkAccountLink(signed, { tenant, offering, accepting, now }) !== undefined;
    });
  }

  /** The conversation with that account, under a grant carried over where there is none; undefined where either refused the other meanwhile. */
  async execute(caller: AuthenticatedDevice, granted: NativeWay, to: LinkedAccount): Promise<NativeWay | undefined> {
    const { account: peer, address: peerAddress, listVersion: peerListVersion } = to;
    const way = { peer, peerAddress, peerListVersion, selfListVersion: granted.selfListVersion };
    if (to.conversation !== null) return { ...way, conversation: to.conversation };
    const { tenant, account, address } = caller;
    const now = this.clock.now();
    const sender = { account, address };
    const carried = await this.grants.carry({
      tenant,
      link: to.link,
      sender,
      to: { account: peer, address: peerAddress },
      now,
    });
    if (!carried) return undefined;
    const { conversation, isNew } = carried;
    if (isNew) {
      const news = { type: 'consent-granted', conversation, at: now.toISOString() } as const;
      this.wake(await this.tell.execute(caller, { ...news, peer: peerAddress }));
      // also where the one that granted blocked the sender since: the work is the same, and their devices know the conversation when it ends
      this.wake(await this.tell.execute({ tenant, account: peer }, { ...news, peer: address }));
    }
    return { ...way, conversation };
  }
}
