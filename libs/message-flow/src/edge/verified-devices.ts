import { equalBytes, type AccountId, type TenantId } from '@causeway/message-model';
import type { StoredDeviceList } from '@causeway/storage';
import { openDeviceList, type DeviceList } from '@causeway/signal-protocol';
import type { EdgeContext } from './edge-context.js';

/** Opened lists of this many accounts are kept, so that a busy sender's list is not verified for every message. */
const MAX_OPENED = 1_000;

interface Opened {
  readonly key: Uint8Array;
  readonly stored: StoredDeviceList;
  readonly list: DeviceList;
}

export type VerifiedDevices =
  | { readonly kind: 'list'; readonly list: DeviceList }
  | { readonly kind: 'refused'; readonly reason: 'unknown' | 'key-changed' | 'not-signed' | 'rolled-back' };

/**
 * The devices of an account as its account key signed them. The edge remembers key and version itself, so a database that lies can neither
 * put a device in nor bring an old list back.
 */
export class FindVerifiedDevices {
  private readonly opened = new Map<string, Opened>();

  constructor(private readonly edge: Pick<EdgeContext, 'accounts' | 'ledger'>) {}

  async execute(tenant: TenantId, account: AccountId): Promise<VerifiedDevices> {
    const [stored] = await this.edge.accounts.deviceLists(tenant, [account]);
    return this.judge({ tenant, account }, stored);
  }

  /** The same of a list that was read already. */
  async judge(
    { tenant, account }: { readonly tenant: TenantId; readonly account: AccountId },
    stored: StoredDeviceList | null | undefined,
  ): Promise<VerifiedDevices> {
    if (!stored) return { kind: 'refused', reason: 'unknown' };
    const pinned = await this.edge.ledger.accountKey(tenant, account);
    const list = this.open(`${tenant}!${account}`, stored, pinned ?? stored.accountKey);
    if (!list || list.account !== account || list.address !== stored.address) {
      const isOtherKey = pinned !== undefined && openDeviceList(stored, stored.accountKey) !== undefined;
      return { kind: 'refused', reason: isOtherKey ? 'key-changed' : 'not-signed' };
    }
    if ((await this.edge.ledger.pinAccountKey(tenant, account, pinned ?? stored.accountKey)) === 'changed')
      return { kind: 'refused', reason: 'key-changed' };
    const version = await this.edge.ledger.acceptListVersion(tenant, account, list.version);
    return version === 'older' ? { kind: 'refused', reason: 'rolled-back' } : { kind: 'list', list };
  }

  /** What was opened before needs no second look when bytes, signature and key are the very same. */
  private open(owner: string, stored: StoredDeviceList, key: Uint8Array): DeviceList | undefined {
    const known = this.opened.get(owner);
    const isSame =
      known &&
      equalBytes(known.key, key) &&
      equalBytes(known.stored.bytes, stored.bytes) &&
      equalBytes(known.stored.signature, stored.signature);
    if (isSame) return known.list;
    const list = openDeviceList(stored, key);
    if (!list) return undefined;
    this.opened.delete(owner);
    this.opened.set(owner, { key, stored, list });
    const [oldest] = this.opened.keys();
    if (this.opened.size > MAX_OPENED && oldest !== undefined) this.opened.delete(oldest);
    return list;
  }
}
