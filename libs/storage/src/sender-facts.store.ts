import type { AccountId, Bytes, TenantId } from '@causeway/message-model';
import type { Database } from './database.js';

/** Beyond so many it says no more about anybody. */
const COUNTED = 50;

/** What the registry knows of an account that the guard asks about. */
export interface SenderFacts {
  /** Conversations in which both sides have written, granted ones and telephones that answered; at most 50. */
  readonly establishedContacts: number;
  /** The names of the network it was registered from, while they are kept. */
  readonly network: Bytes | null;
}

export class SenderFactsStore {
  constructor(private readonly database: Database) {}

  /** One round trip however many are asked for, in their order; `hour` is the one of now, since the epoch. */
  async read(
    accounts: readonly { readonly tenant: TenantId; readonly account: AccountId }[],
    hour: number,
  ): Promise<readonly SenderFacts[]> {
    return this.database.query<SenderFacts>(
      `SELECT least(${COUNTED}, native.n + clear.n)::int AS "establishedContacts",
         (SELECT r.network FROM transit.registration r
          WHERE r.tenant_id = k.tenant AND r.account_id = k.account AND r.purge_hour > $2) AS network
       FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS q(value, rank),
         LATERAL (SELECT q.value->>'tenant' AS tenant, q.value->>'account' AS account) k,
         LATERAL (SELECT count(*) AS n FROM (
           SELECT FROM registry.consent own,
             LATERAL (SELECT FROM registry.consent other
                      WHERE other.tenant_id = own.tenant_id AND other.owner_account = own.peer_account
                        AND other.peer_account = own.owner_account AND other.state = 'granted' AND other.peer_has_sent LIMIT 1) o
           WHERE own.tenant_id = k.tenant AND own.owner_account = k.account AND own.peer_has_sent LIMIT ${COUNTED}) both_wrote) native,
         LATERAL (SELECT count(*) AS n FROM (
           SELECT FROM registry.contact
           WHERE tenant_id = k.tenant AND account_id = k.account AND account_has_sent AND contact_has_sent LIMIT ${COUNTED}) both_wrote) clear
       ORDER BY q.rank`,
      JSON.stringify(accounts.map(({ tenant, account }) => ({ tenant, account }))),
      hour,
    );
  }
}
