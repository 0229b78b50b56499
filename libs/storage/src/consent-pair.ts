import {
  mintConversationId,
  type AccountId,
  type ConsentOperation,
  type ConversationId,
  type TenantId,
} from '@causeway/message-model';
import type { ConsentRow } from './consent-rows.js';
import type { Transaction } from './database.js';

/** One direction of two people. */
export interface Pair {
  readonly tenant: TenantId;
  readonly owner: AccountId;
  readonly peer: AccountId;
}

/**
 * The conversation of a pair: the one there is, with the one proposed by whoever asked first before any other. Requesters choose its id, and
 * could name one in which they talk to somebody else, or one of their contacts': such a pair gets a new one.
 */
export async function agreedConversation(
  tx: Transaction,
  of: {
    readonly tenant: TenantId;
    readonly conversation: ConversationId;
    readonly own: ConsentRow | null;
    readonly other: ConsentRow | null;
    readonly operation: ConsentOperation;
  },
): Promise<ConversationId> {
  const { own, other, operation } = of;
  if (other?.state === 'granted') return parseStored<ConversationId>(other.conversationId);
  // a request is answered in the conversation it proposed; a welcome proposes none
  const known = operation === 'request' ? asked(own) : (asked(own) ?? asked(other));
  if (known) return parseStored<ConversationId>(known.conversationId);
  const where = { tenantId: of.tenant, conversationId: of.conversation };
  const [pair, contact] = await Promise.all([tx.consent.findFirst({ where }), tx.contact.findFirst({ where })]);
  return pair || contact ? mintConversationId() : of.conversation;
}

const asked = (row: ConsentRow | null): ConsentRow | undefined => (row?.requestedAt ? row : undefined);

/** What two people decide about each other happens one after the other. */
export async function takeTurns(tx: Transaction, { tenant, owner, peer }: Pair): Promise<void> {
  const name = [tenant, ...[owner, peer].sort()].join(' ');
  await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', name);
}

export const pairKey = (pair: Pair) => ({
  tenantId_ownerAccount_peerAccount: { tenantId: pair.tenant, ownerAccount: pair.owner, peerAccount: pair.peer },
});

/** Ids in our own tables were minted by their parser before they were stored. */
export function parseStored<Id extends string = AccountId>(text: string): Id {
  return text as Id;
}
