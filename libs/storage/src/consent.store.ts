import type { AccountId, ConversationId, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

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

interface Pair {
  readonly tenant: TenantId;
  readonly owner: AccountId;
  readonly peer: AccountId;
}

/** What `lodge` did. The requester learns of `granted` only; of everything else nothing, ever. */
export type Lodged = 'requested' | 'granted' | 'kept-silent';

/** Consent of one person about another: one row per direction, both written by a grant. */
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

  /**
   * Brings a request to its target. Nothing happens for a target that does not exist, refused or already asked; a target that takes
   * everyone, or that has itself asked this requester, grants at once.
   */
  async lodge(input: {
    readonly tenant: TenantId;
    readonly requester: AccountId;
    readonly targetAddress: string;
    readonly conversation: ConversationId;
    readonly request: string;
    readonly now: Date;
  }): Promise<{ readonly result: Lodged; readonly target?: AccountId; readonly requesterAddress?: string; readonly granted?: Granted }> {
    const { tenant, requester } = input;
    return this.database.prisma.$transaction(async (tx) => {
      const target = await tx.account.findUnique({ where: { tenantId_address: { tenantId: tenant, address: input.targetAddress } } });
      if (!target || target.id === requester) return { result: 'kept-silent' };
      const owner = parseStored(target.id);
      await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(hashtext($1))', [requester, owner].sort().join());
      const asking = await tx.account.findUnique({ where: { tenantId_id: { tenantId: tenant, id: requester } } });
      const requesterAddress = asking?.address ?? '';
      const [forward, backward] = await Promise.all([
        tx.consent.findUnique({ where: pairKey({ tenant, owner, peer: requester }) }),
        tx.consent.findUnique({ where: pairKey({ tenant, owner: requester, peer: owner }) }),
      ]);
      if (forward?.state === 'refused' || forward?.isBlocked) return { result: 'kept-silent' };
      if (forward?.state === 'requested') return { result: 'kept-silent' };
      const isWanted = forward?.state === 'granted' || forward?.state === 'welcome' || target.consentPolicy === 'anyone' || backward?.state === 'requested';
      const conversationId = forward?.state === 'granted' ? forward.conversationId : (backward?.conversationId ?? input.conversation);
      const row = { state: isWanted ? 'granted' : 'requested', conversationId, decidedAt: isWanted ? input.now : null };
      await tx.consent.upsert({
        where: pairKey({ tenant, owner, peer: requester }),
        create: { tenantId: tenant, id: input.request, ownerAccount: owner, peerAccount: requester, requestedAt: input.now, ...row },
        update: row,
      });
      if (!isWanted) return { result: 'requested', target: owner, requesterAddress };
      await tx.consent.upsert({
        where: pairKey({ tenant, owner: requester, peer: owner }),
        create: { tenantId: tenant, id: `${input.request}~`, ownerAccount: requester, peerAccount: owner, requestedAt: input.now, ...row },
        update: row,
      });
      const conversation = parseStored<ConversationId>(conversationId);
      return { result: 'granted', target: owner, requesterAddress, granted: { conversation, peer: owner, peerAddress: target.address } };
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

  /** Grants a pending request; undefined when this account has no such request. Granting twice answers the same. */
  async grant(owner: { readonly tenant: TenantId; readonly account: AccountId }, request: string, now: Date): Promise<Granted | undefined> {
    const rows = await this.database.query<Granted>(
      `WITH granted AS (
         UPDATE registry.consent SET state = 'granted', decided_at = coalesce(decided_at, $4)
         WHERE tenant_id = $1 AND owner_account = $2 AND id = $3 AND state IN ('requested', 'granted') RETURNING *),
       mutual AS (
         INSERT INTO registry.consent (tenant_id, id, owner_account, peer_account, state, conversation_id, requested_at, decided_at)
         SELECT tenant_id, id || '~', peer_account, owner_account, 'granted', conversation_id, requested_at, $4 FROM granted
         ON CONFLICT (tenant_id, owner_account, peer_account) DO UPDATE
         SET state = 'granted', conversation_id = excluded.conversation_id, decided_at = $4 WHERE consent.state <> 'granted')
       SELECT g.conversation_id AS conversation, g.peer_account AS peer, p.address AS "peerAddress" FROM granted g
       JOIN registry.account p ON p.tenant_id = g.tenant_id AND p.id = g.peer_account`,
      owner.tenant,
      owner.account,
      request,
      now,
    );
    return rows[0];
  }

  async refuse(owner: { readonly tenant: TenantId; readonly account: AccountId }, request: string, now: Date): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE registry.consent SET state = 'refused', decided_at = $4
       WHERE tenant_id = $1 AND owner_account = $2 AND id = $3 AND state IN ('requested', 'refused') RETURNING id`,
      owner.tenant,
      owner.account,
      request,
      now,
    );
    return rows.length === 1;
  }

  /**
   * A decision without a request: `grant` welcomes the peer in advance and ends a block, `revoke` blocks a granted peer and refuses any other.
   * Answers with the pending request that a `grant` leaves to be granted.
   */
  async decide(input: Pair & { readonly decision: 'grant' | 'revoke'; readonly id: string; readonly conversation: ConversationId; readonly now: Date }): Promise<string | undefined> {
    const isBlocked = input.decision === 'revoke';
    const rows = await this.database.query<{ id: string; state: string }>(
      `INSERT INTO registry.consent (tenant_id, id, owner_account, peer_account, state, is_blocked, conversation_id, requested_at, decided_at)
       VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN 'refused' ELSE 'welcome' END, $5, $6, $7, $7)
       ON CONFLICT (tenant_id, owner_account, peer_account) DO UPDATE SET is_blocked = $5, decided_at = $7, state = CASE
         WHEN $5 AND consent.state IN ('requested', 'welcome') THEN 'refused' WHEN NOT $5 AND consent.state = 'refused' THEN 'welcome'
         ELSE consent.state END
       RETURNING id, state`,
      input.tenant,
      input.id,
      input.owner,
      input.peer,
      isBlocked,
      input.conversation,
      input.now,
    );
    return rows[0]?.state === 'requested' ? rows[0].id : undefined;
  }
}

const pairKey = (pair: Pair) => ({
  tenantId_ownerAccount_peerAccount: { tenantId: pair.tenant, ownerAccount: pair.owner, peerAccount: pair.peer },
});

/** Ids in our own tables were minted by their parser before they were stored. */
function parseStored<Id extends string = AccountId>(text: string): Id {
  return text as Id;
}
