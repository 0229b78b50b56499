import { fromBase64Url, parseAccountId, parseMessageId, parseTenantId, toBase64Url } from '@causeway/message-model';
import { z } from 'zod';

/** Names of the questions to the keeper. A change of form gets a new name, so that two releases side by side refuse rather than guess. */
export const KEEPER_QUESTIONS = { borrow: 'keeper.borrow.v2', ledger: 'keeper.ledger.v1' } as const;
/** One of `KEEPER_QUESTIONS`. */
export type KeeperQuestion = (typeof KEEPER_QUESTIONS)[keyof typeof KEEPER_QUESTIONS];

/** A way to the keeper. Throws `CausewayError('unavailable')` when it does not answer. Question and answer are JSON. */
export interface KeeperLine {
  ask(question: KeeperQuestion, body: unknown): Promise<unknown>;
  close(): void;
}

/** Questions to the ledger that travel together: what one answer may hold and one moment's write. */
export const LEDGER_BATCH = 256;

const parsed = <Value>(parse: (text: string) => Value | undefined) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue('is not valid');
    return z.NEVER;
  });
const bytes = parsed(fromBase64Url);
const owner = { tenant: parsed(parseTenantId), account: parsed(parseAccountId) };
const messageId = parsed(parseMessageId);
const attempt = z.int().positive();

/** One question to the ledger as it travels, named as the method it stands for. */
export const ledgerQuestion = z.discriminatedUnion('is', [
  z.object({ is: z.literal('accountKey'), ...owner }),
  z.object({ is: z.literal('pinAccountKey'), ...owner, key: bytes }),
  z.object({ is: z.literal('acceptListVersion'), ...owner, version: z.int() }),
  z.object({ is: z.literal('rememberSent'), messageId, attempt, notAfter: z.int() }),
  z.object({ is: z.literal('wasSent'), messageId }),
  z.object({ is: z.literal('retractSent'), messageId, attempt }),
]);
export type LedgerQuestion = z.input<typeof ledgerQuestion>;
export const ledgerQuestions = z.object({ asked: z.array(ledgerQuestion).max(LEDGER_BATCH) });
export const ledgerAnswers = z.object({ answers: z.array(z.unknown()) });

export const borrowQuestion = z.object({
  region: z.string(),
  /** The state of the keys that the asker has. */
  revision: z.string().optional(),
  /** Made for this question. */
  publicKey: bytes,
});
/** How long ago the keeper's provider unwrapped them: the loan is not longer for it. */
const ageSeconds = z.int().min(0);
export const borrowAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unchanged'), ageSeconds }),
  z.object({ kind: z.literal('keys'), ageSeconds, revision: z.string(), sealed: bytes }),
  z.object({ kind: z.literal('other-region'), region: z.string() }),
]);

/** As it travels. */
export const text = (value: Uint8Array): string => toBase64Url(value);
