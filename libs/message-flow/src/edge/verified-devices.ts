import type { AccountId, TenantId } from '@causeway/message-model';
import { openDeviceList, type DeviceList } from '@causeway/signal-protocol';
import type { EdgeContext } from './edge-context.js';

export type VerifiedDevices =
  | { readonly kind: 'list'; readonly list: DeviceList }
  | { readonly kind: 'refused'; readonly reason: 'unknown' | 'key-changed' | 'not-signed' | 'rolled-back' };

/**
 * The devices of an account as its account key signed them. The edge remembers key and version itself, so a database that lies can neither
 * put a device in nor bring an old list back.
 */
export class FindVerifiedDevices {
  constructor(private readonly edge: Pick<EdgeContext, 'accounts' | 'ledger'>) {}

  async execute(tenant: TenantId, account: AccountId): Promise<VerifiedDevices> {
    const [stored] = await this.edge.accounts.deviceLists(tenant, [account]);
    if (!stored) return { kind: 'refused', reason: 'unknown' };
    const pinned = await this.edge.ledger.accountKey(tenant, account);
    const list = openDeviceList(stored, pinned ?? stored.accountKey);
    if (!list || list.account !== account || list.address !== stored.address) {
      const isOtherKey = pinned !== undefined && openDeviceList(stored, stored.accountKey) !== undefined;
      return { kind: 'refused', reason: isOtherKey ? 'key-changed' : 'not-signed' };
    }
    if ((await this.edge.ledger.pinAccountKey(tenant, account, pinned ?? stored.accountKey)) === 'changed')
      return { kind: 'refused', reason: 'key-changed' };
    const version = await this.edge.ledger.acceptListVersion(tenant, account, list.version);
    return version === 'older' ? { kind: 'refused', reason: 'rolled-back' } : { kind: 'list', list };
  }
}
