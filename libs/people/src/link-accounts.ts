import type { LinkAccountsRequest } from '@causeway/api-contract';
import { CausewayError, mintLinkId, type LinkId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { checkAccountLink, parseAccountLink } from '@causeway/signal-protocol';
import type { AccountStore, AuthenticatedDevice, LinkStore } from '@causeway/storage';
import { linkedParty } from './linked-party.js';

/** An offer that is older than this, seconds, has been lying about too long. */
const OFFER_SECONDS = 15 * 60;

/**
 * Links two accounts of one person: a device of the one offered it, the calling device of the other accepts, and both signatures hold under
 * the signed device lists; they are kept for the devices of others to check. Refuses with `invalid-signature` whatever is wrong with it: which account exists is nobody's to learn here.
 */
export class LinkAccounts {
  constructor(
    private readonly accounts: AccountStore,
    private readonly links: LinkStore,
    private readonly clock: Clock,
  ) {}

  async execute(caller: AuthenticatedDevice, request: LinkAccountsRequest): Promise<LinkId> {
    const offered = parseAccountLink(request.document);
    const now = this.clock.now();
    const nowSeconds = now.getTime() / 1000;
    if (!offered || offered.createdAt < nowSeconds - OFFER_SECONDS) throw refused();
    const stored = await this.accounts.deviceLists(caller.tenant, [offered.account, caller.account]);
    const [offering, accepting] = [linkedParty(stored, offered.account), linkedParty(stored, caller.account)];
    const link =
      offering &&
      accepting &&
      checkAccountLink(request, { tenant: caller.tenant, offering, accepting, now: nowSeconds });
    if (!link) throw refused();
    const made = await this.links.linkAccounts(
      { tenant: caller.tenant, account: link.account },
      { ...request, link: mintLinkId(), account: caller.account },
      { now, expiresAt: new Date(link.notAfter * 1000) },
    );
    if (!made) throw new CausewayError('too-many-links');
    return made;
  }
}

const refused = () => new CausewayError('invalid-signature', { pointer: '/document' });
