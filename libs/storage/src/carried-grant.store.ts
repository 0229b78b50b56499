import {
  mintConversationId,
  type AccountId,
  type Consent,
  type ConversationId,
  type LinkId,
  type TenantId,
} from '@causeway/message-model';
import { agreedConversation, pairKey, takeTurns } from './consent-pair.js';
import { readConsent, writeConsent } from './consent-rows.js';
import type { Database, Transaction } from './database.js';
import { requestIdOf } from './request-id.js';

export interface CarriedGrant {
  readonly conversation: ConversationId;
  /** False when it was there already. */
  readonly isNew: boolean;
}

/** An account and its address. */
export interface Named {
  readonly account: AccountId;
  readonly address: string;
}

/**
 * Grants that an account gives because one it is linked with gave them. They go with the link, and the block of either account stops what is
 * sent under them.
 */
export class CarriedGrantStore {
  constructor(private readonly database: Database) {}

  /** Undefined where one of the two refused the other, or where the link is gone. Carried over twice, it is the same grant. */
  async carry(input: {
    readonly tenant: TenantId;
    readonly link: LinkId;
    readonly sender: Named;
    readonly to: Named;
    readonly now: Date;
  }): Promise<CarriedGrant | undefined> {
    const { tenant, sender, to } = input;
    return this.database.transaction(async (tx) => {
      const theirs = { tenant, owner: to.account, peer: sender.account };
      const ours = { tenant, owner: sender.account, peer: to.account };
      await takeTurns(tx, theirs);
      if (!(await isThere(tx, input))) return undefined;
      const own = await tx.consent.findUnique({ where: pairKey(theirs) });
      const other = await tx.consent.findUnique({ where: pairKey(ours) });
      const before = { own: readConsent(own), other: readConsent(other) };
      const proposed = { tenant, conversation: mintConversationId(), own: other, other: own };
      const conversation = await agreedConversation(tx, { ...proposed, operation: 'grant' });
      if (before.own.standing === 'granted') return { conversation, isNew: false };
      if (isRefusal(before.own) || isRefusal(before.other)) return undefined;
      // who is welcome has a grant of this account's own
      const carried = before.own.standing === 'welcome' ? {} : { link: input.link };
      const written = { conversation, now: input.now, isAsked: false, ...carried };
      const granted = (consent: Consent): Consent => ({ ...consent, standing: 'granted' });
      const [theirId, ourId] = [
        requestIdOf(tenant, sender.account, to.address),
        requestIdOf(tenant, to.account, sender.address),
      ];
      await writeConsent(tx, { key: theirs, id: theirId, before: before.own, after: granted(before.own), ...written });
      await writeConsent(tx, { key: ours, id: ourId, before: before.other, after: granted(before.other), ...written });
      return { conversation, isNew: true };
    });
  }
}

const isRefusal = ({ standing, isStopped }: Consent): boolean =>
  isStopped || standing === 'refused' || standing === 'declined';

/** Held until the grant is written: a link that goes meanwhile takes it along. */
async function isThere(
  tx: Transaction,
  { tenant, link, now }: { readonly tenant: TenantId; readonly link: LinkId; readonly now: Date },
): Promise<boolean> {
  const rows = await tx.$queryRawUnsafe<unknown[]>(
    'SELECT 1 FROM registry.link WHERE tenant_id = $1 AND id = $2 AND expires_at > $3 AND document IS NOT NULL FOR SHARE',
    tenant,
    link,
    now,
  );
  return rows.length > 0;
}
