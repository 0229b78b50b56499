import { createHash } from 'node:crypto';
import type { RegistrationNetworks } from '@causeway/abuse-control';
import type { RegisterRequest } from '@causeway/api-contract';
import { CausewayError, fromBase64Url, PRIMARY_DEVICE } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { openDeviceList } from '@causeway/signal-protocol';
import type { AccountStore, PreKeyStore, Tenant, TenantStore } from '@causeway/storage';
import { MAX_LIST_VERSION, verifiedDevice } from './verified-device.js';

const HOUR_MS = 3_600_000;

export interface Registered {
  readonly tenant: Tenant;
  readonly account: RegisterRequest['account'];
}

/**
 * Opens an account with its primary device. Everything secret was made on the device; the same registration sent twice (an answer was
 * lost) succeeds twice. Refuses: unknown host, taken handle, missing invite, a list or key whose signature does not verify.
 */
export class RegisterAccount {
  constructor(
    private readonly tenants: TenantStore,
    private readonly accounts: AccountStore,
    private readonly preKeys: PreKeyStore,
    private readonly networks: RegistrationNetworks,
    private readonly clock: Clock,
  ) {}

  /** `address`: where it came from, if that may be looked at; of it only names of its network are kept. */
  async execute(request: RegisterRequest, address?: string): Promise<Registered> {
    const tenant = await this.tenants.byHost(request.address.host);
    if (!tenant)
      throw new CausewayError('invalid-address', {
        pointer: '/address',
        detail: 'This gateway does not serve that host',
      });
    const list = openDeviceList(request.deviceList, request.accountKey);
    if (!list) throw new CausewayError('invalid-signature', { pointer: '/deviceList' });
    const [listed, ...others] = list.devices;
    const isOwn =
      list.account === request.account && list.address === request.address.uri && list.version <= MAX_LIST_VERSION;
    if (!isOwn || !listed || others.length > 0) {
      throw new CausewayError('invalid-request', {
        pointer: '/deviceList',
        detail: 'The first list names this account, its address and the primary device alone',
      });
    }
    const device = verifiedDevice({ ...request.device, deviceId: PRIMARY_DEVICE }, listed, '/device');
    const [known] = await this.accounts.authenticate([request.device.tokenDigest]);
    if (known?.tenant === tenant.id && known.account === request.account && known.address === request.address.uri) {
      return { tenant, account: request.account };
    }
    if (known)
      throw new CausewayError('invalid-request', {
        pointer: '/device/tokenDigest',
        detail: 'Every device has a token of its own',
      });
    // looked at before the invite is spent: a taken handle must not cost one
    if (await this.accounts.byAddress(tenant.id, request.address.uri))
      throw new CausewayError('handle-taken', { pointer: '/address' });
    if (tenant.registration === 'invite') await this.useInvite(tenant, request.invite);
    const created = await this.accounts.create({
      tenant: tenant.id,
      account: request.account,
      address: request.address.uri,
      accountKey: request.accountKey,
      list: { ...request.deviceList, version: list.version },
      device,
      network: address === undefined ? undefined : await this.networkOf(tenant, address),
      now: this.clock.now(),
    });
    if (created === 'exists') throw new CausewayError('handle-taken', { pointer: '/address' });
    await this.preKeys.upload(
      { tenant: tenant.id, account: request.account, device: PRIMARY_DEVICE },
      request.device.oneTime,
    );
    return { tenant, account: request.account };
  }

  private async networkOf({ id }: Tenant, address: string) {
    const name = await this.networks.nameOf({ tenant: id, address, atMs: this.clock.nowMs() });
    return name && { names: name.names, purgeHour: name.endsAtMs / HOUR_MS };
  }

  private async useInvite(tenant: Tenant, invite: string | undefined): Promise<void> {
    const token = invite === undefined ? undefined : fromBase64Url(invite);
    const isGood =
      token &&
      (await this.tenants.useInvite({ tokenDigest: tokenDigest(token), tenant: tenant.id, now: this.clock.now() }));
    if (!isGood) throw new CausewayError('invite-required', { pointer: '/invite' });
  }
}

/** What is stored of a bearer token or an invite. */
export const tokenDigest = (token: Uint8Array): Uint8Array => createHash('sha256').update(token).digest();
