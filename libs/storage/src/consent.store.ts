import {
  mintConversationId,
  nativeHostOf,
  type AccountId,
  type ConversationId,
  type TenantId,
} from '@causeway/message-model';
import type { Database, Transaction } from './database.js';

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
export type Lodged =
  | { readonly kind: 'kept-silent' }
  | { readonly kind: 'requested'; readonly target: AccountId; readonly requesterAddress: string }
  | {
      readonly kind: 'granted';
      readonly granted: Granted;
      readonly requesterAddress: string;
      /** A peer who blocked the requester is told nothing of them. */
      readonly isTargetTold: boolean;
    };

const KEPT_SILENT: Lodged = { kind: 'kept-silent' };

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
   * everyone, or that has itself asked this requester, grants at once. Where there is a grant it is told again, block or no block: a block
   * acts at delivery, and the blocked side must not notice. Lodging twice changes nothing.
   */
  async lodge(input: {
    readonly tenant: TenantId;
    readonly requester: AccountId;
    readonly targetAddress: string;
    /** The requester's proposal; another one is taken when it is in use already. */
    readonly conversation: ConversationId;
    readonly request: string;
    readonly now: Date;
  }): Promise<Lodged> {
    const { tenant, requester, now } = input;
    return this.database.transaction(async (tx) => {
      const [target, asking] = await Promise.all([
        tx.account.findUnique({ where: { tenantId_address: { tenantId: tenant, address: input.targetAddress } } }),
        tx.account.findUnique({ where: { tenantId_id: { tenantId: tenant, id: requester } } }),
      ]);
      if (!target || !asking || target.id === requester) return KEPT_SILENT;
      if (nativeHostOf(target.address) !== nativeHostOf(asking.address) && !target.crossNetwork) return KEPT_SILENT;
      const owner = parseStored(target.id);
      await takeTurns(tx, { tenant, owner, peer: requester });
      const [forward, backward] = await Promise.all([
        tx.consent.findUnique({ where: pairKey({ tenant, owner, peer: requester }) }),
        tx.consent.findUnique({ where: pairKey({ tenant, owner: requester, peer: owner }) }),
      ]);
      const told = { requesterAddress: asking.address, isTargetTold: !forward?.isBlocked };
      const grantedIn = (conversationId: string): Lodged => ({
        kind: 'granted',
        granted: { conversation: parseStored(conversationId), peer: owner, peerAddress: target.address },
        ...told,
      });
      if (forward?.state === 'granted') return grantedIn(forward.conversationId);
      if (forward?.state === 'requested') return KEPT_SILENT;
      if (forward?.state === 'refused') {
        // remembered, so that a change of mind finds the one who asked
        await tx.consent.update({ where: pairKey({ tenant, owner, peer: requester }), data: { requestedAt: now } });
        return KEPT_SILENT;
      }
      const isWanted =
        forward?.state === 'welcome' || target.consentPolicy === 'anyone' || backward?.state === 'requested';
      const conversationId = backward?.conversationId ?? (await freeConversation(tx, input));
      const row = {
        state: isWanted ? 'granted' : 'requested',
        conversationId,
        requestedAt: now,
        decidedAt: isWanted ? now : null,
      };
      await tx.consent.upsert({
        where: pairKey({ tenant, owner, peer: requester }),
        create: { tenantId: tenant, id: input.request, ownerAccount: owner, peerAccount: requester, ...row },
        update: row,
      });
      if (!isWanted) return { kind: 'requested', target: owner, requesterAddress: asking.address };
      await tx.consent.upsert({
        where: pairKey({ tenant, owner: requester, peer: owner }),
        create: { tenantId: tenant, id: `${input.request}~`, ownerAccount: requester, peerAccount: owner, ...row },
        update: { state: row.state, conversationId, decidedAt: now },
      });
      return grantedIn(conversationId);
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
  async grant(
    owner: { readonly tenant: TenantId; readonly account: AccountId },
    request: string,
    now: Date,
  ): Promise<Granted | undefined> {
    const rows = await this.database.query<Granted>(
      `WITH granted AS (
         UPDATE registry.consent SET state = 'granted', decided_at = coalesce(decided_at, $4)
         WHERE tenant_id = $1 AND owner_account = $2 AND id = $3 AND state IN ('requested', 'granted') RETURNING *),
       mutual AS (
         INSERT INTO registry.consent (tenant_id, id, owner_account, peer_account, state, conversation_id, decided_at)
         SELECT tenant_id, id || '~', peer_account, owner_account, 'granted', conversation_id, $4 FROM granted
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

  async refuse(
    owner: { readonly tenant: TenantId; readonly account: AccountId },
    request: string,
    now: Date,
  ): Promise<boolean> {
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
   * Answers with the request that a `grant` leaves to be granted: one that is pending, or was refused before. Nothing is written about an
   * address that is nobody's.
   */
  async decide(input: {
    readonly tenant: TenantId;
    readonly owner: AccountId;
    readonly peerAddress: string;
    readonly decision: 'grant' | 'revoke';
    /** Id of the request that the peer would make, or has made. */
    readonly requestOf: (peer: AccountId) => string;
    readonly conversation: ConversationId;
    readonly now: Date;
  }): Promise<string | undefined> {
    const { tenant, owner } = input;
    return this.database.transaction(async (tx) => {
      const peer = await tx.account.findUnique({
        where: { tenantId_address: { tenantId: tenant, address: input.peerAddress } },
      });
      if (!peer || peer.id === owner) return undefined;
      const peerAccount = parseStored(peer.id);
      await takeTurns(tx, { tenant, owner, peer: peerAccount });
      const rows = await tx.$queryRawUnsafe<{ id: string; state: string }[]>(
        DECIDE,
        tenant,
        input.requestOf(peerAccount),
        owner,
        peerAccount,
        input.decision === 'revoke',
        input.conversation,
        input.now,
      );
      return rows[0]?.state === 'requested' ? rows[0].id : undefined;
    });
  }
}

/** `$1` tenant, `$2` id, `$3` owner, `$4` peer, `$5` whether to block, `$6` conversation, `$7` now. */
const DECIDE = `INSERT INTO registry.consent (tenant_id, id, owner_account, peer_account, state, is_blocked, conversation_id, decided_at)
  VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN 'refused' ELSE 'welcome' END, $5, $6, $7)
  ON CONFLICT (tenant_id, owner_account, peer_account) DO UPDATE SET is_blocked = $5, decided_at = $7, state = CASE
    WHEN $5 AND consent.state IN ('requested', 'welcome') THEN 'refused'
    WHEN NOT $5 AND consent.state = 'refused' THEN CASE WHEN consent.requested_at IS NULL THEN 'welcome' ELSE 'requested' END
    ELSE consent.state END
  RETURNING id, state`;

/** What two people decide about each other happens one after the other. */
async function takeTurns(tx: Transaction, { tenant, owner, peer }: Pair): Promise<void> {
  const name = [tenant, ...[owner, peer].sort()].join(' ');
  await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', name);
}

/**
 * Requesters choose conversation ids, and could name one in which they talk to somebody else, or one of their contacts'. Such a pair gets a new id.
 */
async function freeConversation(
  tx: Transaction,
  { tenant, conversation }: { readonly tenant: TenantId; readonly conversation: ConversationId },
): Promise<ConversationId> {
  const where = { tenantId: tenant, conversationId: conversation };
  const [pair, contact] = await Promise.all([tx.consent.findFirst({ where }), tx.contact.findFirst({ where })]);
  return pair || contact ? mintConversationId() : conversation;
}

const pairKey = (pair: Pair) => ({
  tenantId_ownerAccount_peerAccount: { tenantId: pair.tenant, ownerAccount: pair.owner, peerAccount: pair.peer },
});

/** Ids in our own tables were minted by their parser before they were stored. */
function parseStored<Id extends string = AccountId>(text: string): Id {
  return text as Id;
}
