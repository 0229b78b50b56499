import {
  CONSENT_POLICIES,
  nativeHostOf,
  reducePair,
  type AccountId,
  type ConsentOperation,
  type ConsentPair,
  type ConversationId,
  type TenantId,
} from '@causeway/message-model';
import { agreedConversation, pairKey, parseStored, takeTurns, type Pair } from './consent-pair.js';
import { readConsent, writeConsent } from './consent-rows.js';
import type { Database, Transaction } from './database.js';
import { requestIdOf } from './request-id.js';

/** The granted conversation of two accounts as one of them sees it. */
export interface NativeConversation {
  readonly conversation: ConversationId;
  readonly peer: AccountId;
  readonly peerAddress: string;
  readonly peerListVersion: number;
  readonly selfListVersion: number;
  /** The peer blocked this account. Acts at delivery; no answer to the blocked side may depend on it. */
  readonly isBlockedByPeer: boolean;
}

export interface PendingRequest {
  readonly request: string;
  readonly from: string;
  readonly requestedAt: Date;
}

export interface Granted {
  readonly conversation: ConversationId;
  readonly peer: AccountId;
  readonly peerAddress: string;
}

/** What `lodge` did. The requester learns of `granted` only; of everything else nothing, ever. */
export type Lodged =
  | { readonly kind: 'kept-silent' }
  | {
      readonly kind: 'requested';
      readonly target: AccountId;
      readonly requesterAddress: string;
      readonly request: string;
    }
  | {
      readonly kind: 'granted';
      readonly granted: Granted;
      readonly requesterAddress: string;
      /** A peer who blocked the requester is told nothing of them. */
      readonly isTargetTold: boolean;
    };

const KEPT_SILENT: Lodged = { kind: 'kept-silent' };

/** What an operation made of a pair, as the one who acted sees it. */
export interface Acted {
  readonly before: ConsentPair;
  readonly after: ConsentPair;
  readonly peer: AccountId;
  readonly peerAddress: string;
  /** Of the one who acted. */
  readonly address: string;
  readonly conversation: ConversationId;
  /** Names what the one who acted asks of the other. */
  readonly request: string;
}

interface Act {
  readonly tenant: TenantId;
  readonly actor: AccountId;
  readonly operation: ConsentOperation;
  /** The requester's proposal; another one is taken when it is in use already. */
  readonly conversation: ConversationId;
  readonly now: Date;
}

interface Owner {
  readonly tenant: TenantId;
  readonly account: AccountId;
}

/**
 * Consent of one person about another: one row per direction, both written by a grant. The rules are `reducePair`'s; here two people take
 * turns and what it says is written.
 */
export class ConsentStore {
  constructor(private readonly database: Database) {}

  /** `by` names the conversation or the peer's address; undefined without a grant, whatever the reason. */
  async find(
    self: { readonly tenant: TenantId; readonly account: AccountId },
    by: { readonly conversation: ConversationId } | { readonly address: string },
  ): Promise<NativeConversation | undefined> {
    const rows = await this.database.query<NativeConversation>(
      `SELECT c.conversation_id AS conversation, c.owner_account AS peer, p.address AS "peerAddress",
         p.device_list_version AS "peerListVersion", s.device_list_version AS "selfListVersion", c.is_blocked AS "isBlockedByPeer"
       FROM registry.consent c
       JOIN registry.account p ON p.tenant_id = c.tenant_id AND p.id = c.owner_account
       JOIN registry.account s ON s.tenant_id = c.tenant_id AND s.id = c.peer_account
       WHERE c.tenant_id = $1 AND c.peer_account = $2 AND c.state = 'granted' AND ${'conversation' in by ? 'c.conversation_id' : 'p.address'} = $3`,
      self.tenant,
      self.account,
      'conversation' in by ? by.conversation : by.address,
    );
    return rows[0];
  }

  /** The record of `peer` about this account, after a grant. */
  async findOfPeer(
    self: Owner,
    peer: AccountId,
  ): Promise<{ readonly conversation: ConversationId; readonly isBlocked: boolean } | undefined> {
    const rows = await this.database.query<{ conversation: ConversationId; isBlocked: boolean }>(
      `SELECT conversation_id AS conversation, is_blocked AS "isBlocked" FROM registry.consent
       WHERE tenant_id = $1 AND owner_account = $2 AND peer_account = $3 AND state = 'granted'`,
      self.tenant,
      peer,
      self.account,
    );
    return rows[0];
  }

  /** Undefined for an address that is nobody's, or one's own: nothing is written. */
  async act(input: Act & { readonly peerAddress: string }): Promise<Acted | undefined> {
    return this.database.transaction((tx) => this.actOn(tx, input));
  }

  /**
   * Brings a request to its target. Nothing happens for a target that does not exist, refused or already asked; a target that takes
   * everyone, or that has itself asked this requester, grants at once. Where there is a grant it is told again, block or no block: a block
   * acts at delivery, and the blocked side must not notice. Lodging twice changes nothing.
   */
  async lodge(input: {
    readonly tenant: TenantId;
    readonly requester: AccountId;
    readonly targetAddress: string;
    readonly conversation: ConversationId;
    readonly now: Date;
  }): Promise<Lodged> {
    const { requester: actor, targetAddress: peerAddress, tenant, conversation, now } = input;
    const acted = await this.act({ tenant, actor, peerAddress, operation: 'request', conversation, now });
    if (!acted) return KEPT_SILENT;
    const { before, after, peer, address: requesterAddress, request } = acted;
    switch (after.other.standing) {
      case 'granted': {
        const granted = { conversation: acted.conversation, peer, peerAddress: acted.peerAddress };
        return { kind: 'granted', granted, requesterAddress, isTargetTold: !before.other.isStopped };
      }
      case 'requested':
        return before.other.standing === 'requested'
          ? KEPT_SILENT
          : { kind: 'requested', target: peer, requesterAddress, request };
      default:
        return KEPT_SILENT;
    }
  }

  /**
   * Grants or refuses a request by its id; undefined when this account has no such request that could be answered so. Answering twice
   * answers the same.
   */
  async answer(
    owner: Owner,
    request: string,
    { operation, now }: { readonly operation: 'grant' | 'revoke'; readonly now: Date },
  ): Promise<Acted | undefined> {
    return this.database.transaction(async (tx) => {
      const { tenant, account: actor } = owner;
      const row = await tx.consent.findUnique({ where: { tenantId_id: { tenantId: tenant, id: request } } });
      if (!row || row.ownerAccount !== actor) return undefined;
      const peer = await tx.account.findUnique({ where: { tenantId_id: { tenantId: tenant, id: row.peerAccount } } });
      if (!peer) return undefined;
      const { address: peerAddress } = peer;
      const conversation = parseStored<ConversationId>(row.conversationId);
      return this.actOn(tx, { tenant, actor, peerAddress, operation, conversation, now }, ANSWERABLE[operation]);
    });
  }

  async pending(
    owner: { readonly tenant: TenantId; readonly account: AccountId },
    page: { readonly after: string; readonly limit: number },
  ): Promise<readonly PendingRequest[]> {
    return this.database.query<PendingRequest>(
      `SELECT c.id AS request, p.address AS "from", c.requested_at AS "requestedAt" FROM registry.consent c
       JOIN registry.account p ON p.tenant_id = c.tenant_id AND p.id = c.peer_account
       WHERE c.tenant_id = $1 AND c.owner_account = $2 AND c.state = 'requested' AND c.id > $3 ORDER BY c.id LIMIT $4`,
      owner.tenant,
      owner.account,
      page.after,
      page.limit,
    );
  }

  /** With `from`: only what stands so is changed. */
  private async actOn(
    tx: Transaction,
    { tenant, actor, peerAddress, operation, conversation, now }: Act & { readonly peerAddress: string },
    from?: ReadonlySet<string>,
  ): Promise<Acted | undefined> {
    const [found, self] = await Promise.all([
      tx.account.findUnique({ where: { tenantId_address: { tenantId: tenant, address: peerAddress } } }),
      tx.account.findUnique({ where: { tenantId_id: { tenantId: tenant, id: actor } } }),
    ]);
    if (!found || !self || found.id === actor) return undefined;
    const isApart = nativeHostOf(found.address) !== nativeHostOf(self.address) && !found.crossNetwork;
    if (isApart && operation === 'request') return undefined;
    const peer = parseStored(found.id);
    await takeTurns(tx, { tenant, owner: actor, peer });
    const key = { own: { tenant, owner: actor, peer }, other: { tenant, owner: peer, peer: actor } };
    const [own, other] = await Promise.all([
      tx.consent.findUnique({ where: pairKey(key.own) }),
      tx.consent.findUnique({ where: pairKey(key.other) }),
    ]);
    const before = { own: readConsent(own), other: readConsent(other) };
    if (from && !from.has(before.own.standing)) return undefined;
    const policy = CONSENT_POLICIES.find((one) => one === found.consentPolicy) ?? 'ask';
    const isContact = policy === 'contacts' && (await hasAsContact(tx, key.other));
    const after = reducePair(before, operation, { policy, isContact });
    const request = requestIdOf(tenant, actor, peerAddress);
    const agreed = await agreedConversation(tx, { tenant, conversation, own, other, operation });
    const written = { conversation: agreed, now, isAsked: operation === 'request' };
    const ownId = requestIdOf(tenant, peer, self.address);
    await writeConsent(tx, {
      key: key.own,
      id: ownId,
      before: before.own,
      after: after.own,
      ...written,
      isAsked: false,
    });
    await writeConsent(tx, { key: key.other, id: request, before: before.other, after: after.other, ...written });
    if (operation === 'grant') await makeOwn(tx, key);
    return { before, after, peer, peerAddress, address: self.address, conversation: agreed, request };
  }
}

/** What stands so may be answered; the second of each is the same answer given again. */
const ANSWERABLE = {
  grant: new Set(['requested', 'granted']),
  revoke: new Set(['requested', 'declined']),
} as const;

/** Whether the owner has a number of the peer's by which the peer lets them be found. */
async function hasAsContact(tx: Transaction, { tenant: tenantId, owner: accountId, peer }: Pair): Promise<boolean> {
  const where = { tenantId, accountId, linkedAccount: peer, endedAt: null };
  return (await tx.contact.findFirst({ where, select: { id: true } })) !== null;
}

/** What was carried over by a link and is said by the person now stays when the link goes. */
async function makeOwn(tx: Transaction, { own, other }: { readonly own: Pair; readonly other: Pair }): Promise<void> {
  const pairs = [own, other].map(({ owner: ownerAccount, peer: peerAccount }) => ({ ownerAccount, peerAccount }));
  const where = { tenantId: own.tenant, OR: pairs, linkId: { not: null } };
  await tx.consent.updateMany({ where, data: { linkId: null } });
}
