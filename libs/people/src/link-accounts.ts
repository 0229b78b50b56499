import type { LinkAccountsRequest } from '@causeway/api-contract';
import { CausewayError, lifetimeOf, mintLinkId, type AccountId, type LinkId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { openDeviceList, parseAccountLink, verify, type DeviceList } from '@causeway/signal-protocol';
import type { AccountStore, AuthenticatedDevice, LinkStore, StoredDeviceList } from '@causeway/storage';

/** An offer that is older than this, seconds, has been lying about too long; one from the future is a clock's fault up to the margin. */
const OFFER_SECONDS = 15 * 60;
const CLOCK_MARGIN_SECONDS = 300;
/** PROTOCOL 3: a link is proved again after a year. */
const LINK_MS = lifetimeOf('links').ms;

/**
 * Links two accounts of one person: a device of the one offered it, the calling device of the other accepts, and both signatures hold under
 * the signed device lists. Refuses with `invalid-signature` whatever is wrong with it: which account exists is nobody's to learn here.
 */
export class LinkAccounts {
  constructor(
    private readonly accounts: AccountStore,
    private readonly links: LinkStore,
    private readonly clock: Clock,
  ) {}

  async execute(caller: AuthenticatedDevice, request: LinkAccountsRequest): Promise<LinkId> {
    const link = parseAccountLink(request.document);
    const nowSeconds = this.clock.nowMs() / 1000;
    const isFresh =
      link !== undefined &&
      link.createdAt <= nowSeconds + CLOCK_MARGIN_SECONDS &&
      link.createdAt >= nowSeconds - OFFER_SECONDS;
    if (!isFresh || link.tenant !== caller.tenant || link.linkedAddress !== caller.address) throw refused();
    if (link.account === caller.account) throw refused();
    const stored = await this.accounts.deviceLists(caller.tenant, [link.account, caller.account]);
    const offering = listOf(stored, link.account);
    const isSigned =
      offering?.address === link.address &&
      isBy(offering, link.device, request.document, request.offered) &&
      isBy(listOf(stored, caller.account), caller.device, request.document, request.accepted);
    if (!isSigned) throw refused();
    const now = this.clock.now();
    const made = await this.links.linkAccounts(
      { tenant: caller.tenant, account: link.account },
      { link: mintLinkId(), account: caller.account },
      { now, expiresAt: new Date(now.getTime() + LINK_MS) },
    );
    if (!made) throw new CausewayError('too-many-links');
    return made;
  }
}

const refused = () => new CausewayError('invalid-signature', { pointer: '/document' });

function listOf(stored: readonly StoredDeviceList[], account: AccountId): DeviceList | undefined {
  const found = stored.find((one) => one.account === account);
  return found && openDeviceList(found, found.accountKey);
}

const isBy = (list: DeviceList | undefined, device: number, bytes: Uint8Array, signature: Uint8Array): boolean => {
  const listed = list?.devices.find(({ deviceId }) => deviceId === device);
  return listed !== undefined && verify(listed.identityKey, bytes, signature);
};
