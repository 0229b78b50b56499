import type { AccountId, ContactId, ConversationId, DeviceId, MessageId, TenantId } from '@causeway/message-model';
import type { DowngradeStatement } from './downgrade-statement.js';

/** What the gateway or the edge knows of the message a statement came with. */
export interface StatementFacts {
  /** Unix seconds. */
  readonly now: number;
  readonly tenant: TenantId;
  readonly senderAccount: AccountId;
  readonly senderDevice: DeviceId;
  readonly contactId: ContactId;
  /** Networks of the route plan, in order. */
  readonly networks: readonly string[];
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  /** Of the leg, Unix seconds. */
  readonly deadline: number;
}

/** A permission for a whole conversation ends by itself within this time, seconds: nobody is bound by what they forgot. */
export const LONGEST_CONVERSATION_SECONDS = 30 * 24 * 3_600;

/** `ok`, or the first thing that is wrong. */
export type StatementVerdict =
  'ok' | 'expired' | 'wrong-tenant' | 'wrong-message' | 'wrong-contact' | 'wrong-sender' | 'wrong-network' | 'too-long';

/**
 * Everything about a statement that can be checked without opening the body; signature, address and single use are
 * checked elsewhere. The first thing that is wrong is named. A deadline after `notAfter` is `expired`: consent would run
 * out before the last attempt. The plan may leave out networks the statement names, not add or reorder.
 */
export function checkStatementForm(statement: DowngradeStatement, facts: StatementFacts): StatementVerdict {
  if (statement.tenant !== facts.tenant) return 'wrong-tenant';
  if (statement.senderAccount !== facts.senderAccount || statement.senderDevice !== facts.senderDevice) {
    return 'wrong-sender';
  }
  if (!isAbout(statement, facts)) return 'wrong-message';
  if (statement.contactId !== facts.contactId) return 'wrong-contact';
  if (!isOrderedSubset(facts.networks, statement.networks)) return 'wrong-network';
  if (facts.now >= statement.notAfter || facts.deadline > statement.notAfter) return 'expired';
  const isTooLong = statement.notAfter - facts.now > LONGEST_CONVERSATION_SECONDS;
  if (statement.subject.kind === 'conversation' && isTooLong) return 'too-long';
  return 'ok';
}

function isAbout({ subject }: DowngradeStatement, facts: StatementFacts): boolean {
  switch (subject.kind) {
    case 'message':
      return subject.messageId === facts.messageId;
    case 'conversation':
      return subject.conversationId === facts.conversationId;
  }
}

function isOrderedSubset(planned: readonly string[], allowed: readonly string[]): boolean {
  const positions = planned.map((network) => allowed.indexOf(network));
  return (
    positions.length > 0 &&
    positions.every((position, index) => position > (index === 0 ? -1 : (positions[index - 1] ?? -1)))
  );
}
