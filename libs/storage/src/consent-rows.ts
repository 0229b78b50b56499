import {
  CONSENT_STANDINGS,
  NO_CONSENT,
  type AccountId,
  type Consent,
  type ConversationId,
  type LinkId,
  type TenantId,
} from '@causeway/message-model';
import { DatabaseError, type Transaction } from './database.js';

export interface ConsentRow {
  readonly state: string;
  readonly isBlocked: boolean;
  readonly conversationId: string;
  readonly requestedAt: Date | null;
}

/** A stored record; none is the record of those who said nothing. Who refused a request and who refused in advance differ by its date. */
export function readConsent(row: ConsentRow | null): Consent {
  if (!row) return NO_CONSENT;
  const standing = CONSENT_STANDINGS.find((known) => known === row.state);
  if (!standing) throw new DatabaseError('a consent stands nowhere we know');
  const isDeclined = standing === 'refused' && row.requestedAt !== null;
  return { standing: isDeclined ? 'declined' : standing, isStopped: row.isBlocked };
}

/** Writes what changed. A record that says nothing any more is no row. */
export async function writeConsent(
  tx: Transaction,
  written: {
    readonly key: { readonly tenant: TenantId; readonly owner: AccountId; readonly peer: AccountId };
    /** Of a new row. */
    readonly id: string;
    readonly before: Consent;
    readonly after: Consent;
    readonly conversation: ConversationId;
    /** The peer asked just now. */
    readonly isAsked: boolean;
    /** The link that it is carried over by; undefined of what people said themselves. */
    readonly link?: LinkId;
    readonly now: Date;
  },
): Promise<void> {
  const { before, after, now, conversation: conversationId, isAsked, id } = written;
  if (after.standing === before.standing && after.isStopped === before.isStopped) return;
  const { tenant: tenantId, owner: ownerAccount, peer: peerAccount } = written.key;
  const where = { tenantId_ownerAccount_peerAccount: { tenantId, ownerAccount, peerAccount } };
  if (after.standing === 'none') {
    await tx.consent.deleteMany({ where: { tenantId, ownerAccount, peerAccount } });
    return;
  }
  const isWithdrawn = before.standing === 'declined' && after.standing === 'refused';
  const row = {
    state: after.standing === 'declined' ? 'refused' : after.standing,
    isBlocked: after.isStopped,
    conversationId,
    ...(written.link === undefined ? {} : { linkId: written.link }),
    ...(isAsked ? { requestedAt: now } : isWithdrawn ? { requestedAt: null } : {}),
    ...(after.standing === 'requested' ? {} : { decidedAt: now }),
  };
  await tx.consent.upsert({
    where,
    create: { tenantId, id, ownerAccount, peerAccount, ...row },
    update: row,
  });
}
