import { mintTransitId, type AccountId } from '@causeway/message-model';
import type { DeviceEventInput } from '@causeway/api-contract';
import type { Clock } from '@causeway/platform';
import type { AccountStore, DeviceRef, InboxStore, PartitionStore } from '@causeway/storage';

/** Requests and grants wait this long for a device that is away, hours. */
const CONSENT_EVENT_HOURS = 7 * 24;

/** Puts one consent event into the inbox of every device of an account. */
export class TellDevices {
  constructor(
    private readonly accounts: AccountStore,
    private readonly inbox: InboxStore,
    private readonly partitions: PartitionStore,
    private readonly clock: Clock,
  ) {}

  async execute(
    to: { readonly tenant: DeviceRef['tenant']; readonly account: AccountId },
    event: DeviceEventInput,
  ): Promise<readonly DeviceRef[]> {
    const devices = await this.accounts.devices(to.tenant, [to.account]);
    const hour = Math.ceil(this.clock.nowMs() / 3_600_000) + CONSENT_EVENT_HOURS;
    await this.partitions.ensure('i', hour);
    const refs = devices.map((device) => ({ tenant: to.tenant, account: to.account, device: device.deviceId }));
    const expiresAt = new Date(hour * 3_600_000);
    const json = JSON.stringify(event);
    await this.inbox.addEvents(
      refs.map((ref) => ({ id: mintTransitId('i', hour * 3_600_000), to: ref, json, expiresAt })),
    );
    return refs;
  }
}
