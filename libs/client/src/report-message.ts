import type { Reported, ReportReason } from '@causeway/api-contract';
import { parseAddress, type MessageId } from '@causeway/message-model';
import type { DeviceContext } from './device-context.js';
import { ProblemError } from './problem-error.js';
import { RECORDS, type HistoryRecord } from './records.js';

export interface ReportOptions {
  /** Hands the words over, so that it is provable what was said; otherwise the report proves only that there was a message. */
  readonly withWords?: boolean;
  /** Nothing of theirs arrives any more. A telephone cannot be blocked at the gateway. */
  readonly block?: boolean;
  readonly reason?: ReportReason;
}

/** `refused`: a problem code. It was reported before, or is older than a week; a block was made all the same. */
export type ReportOutcome = Reported | { readonly refused: string; readonly blocked: boolean };

const FINAL_REFUSALS: readonly string[] = ['already-reported', 'report-expired', 'report-not-genuine'];

/** Reports something that arrived. Throws when there is no such message, or nothing to prove it with. */
export async function reportMessage(
  context: DeviceContext,
  messageId: MessageId,
  options: ReportOptions,
): Promise<ReportOutcome> {
  const record = await context.store.get(RECORDS.history, messageId);
  if (!record || record.direction !== 'received' || !record.reportToken)
    throw new Error('only a message that arrived here, and came with its proof, can be reported');
  const isNative = record.network === 'native';
  const wantsBlock = options.block === true && isNative;
  try {
    return await context.api.report({
      token: record.reportToken,
      messageId,
      sender: await senderOf(context, record),
      reason: options.reason ?? 'spam',
      block: wantsBlock,
      ...(options.withWords && isNative && record.content
        ? { words: { conversation: record.conversation, content: record.content } }
        : {}),
    });
  } catch (error) {
    if (!(error instanceof ProblemError) || !FINAL_REFUSALS.includes(error.code)) throw error;
    const peer = parseAddress(record.from);
    if (wantsBlock && peer?.kind === 'native') await context.api.revoke(peer);
    return { refused: error.code, blocked: wantsBlock };
  }
}

async function senderOf(context: DeviceContext, { from, network }: HistoryRecord) {
  if (network === 'native') return { kind: 'native', address: from } as const;
  const contact = await context.store.get(RECORDS.contact, from);
  if (!contact) throw new Error('the contact of this message is not known any more');
  return { kind: 'contact', contact: contact.contact } as const;
}
