import { mintTransitId, type AccountId } from '@causeway/message-model';
import type { DeviceEventInput } from '@causeway/api-contract';
import type { Clock } from '@causeway/platform';
import type { PolicyBook } from '@causeway/retention';
import type { AccountStore, DeviceRef, InboxStore, PartitionStore } from '@causeway/storage';

/** Puts one consent event into the inbox of every device of an account. */
export class TellDevices {
  constructor(
    private readonly accounts: AccountStore,
    private readonly inbox: InboxStore,
    private readonly partitions: PartitionStore,
    private readonly clock: Clock,
    private readonly book: Pick<PolicyBook, 'eventHours'>,
  ) {}

  async execute(
    to: { readonly tenant: DeviceRef['tenant']; readonly account: AccountId },
    event: DeviceEventInput,
  ): Promise<readonly DeviceRef[]> {
    const devices = await this.accounts.devices(to.tenant, [to.account]);
    const hour = Math.ceil(this.clock.nowMs() / 3_600_000) + (await this.book.eventHours(to.tenant));
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
