import {
  CausewayError,
  fromBase64Url,
  type AccountId,
  type Bytes,
  type MessageId,
  type TenantId,
} from '@causeway/message-model';
import { z } from 'zod';
import {
  KEEPER_QUESTIONS,
  LEDGER_BATCH,
  ledgerAnswers,
  text,
  type KeeperLine,
  type LedgerQuestion,
} from './keeper-questions.js';
import type { Ledger, SentAttempt } from './ledger.js';

interface Waiting {
  readonly question: LedgerQuestion;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The ledger of the process that keeps it, asked over a line. What is asked in one moment travels together. */
export class AskedLedger implements Ledger {
  #waiting: Waiting[] = [];

  constructor(private readonly line: KeeperLine) {}

  async accountKey(tenant: TenantId, account: AccountId): Promise<Bytes | undefined> {
    const key = await this.#ask({ is: 'accountKey', tenant, account }, z.string().nullable());
    return key === null ? undefined : (fromBase64Url(key) ?? refuse());
  }

  pinAccountKey(tenant: TenantId, account: AccountId, key: Uint8Array) {
    return this.#ask(
      { is: 'pinAccountKey', tenant, account, key: text(key) },
      z.enum(['first-use', 'same', 'changed']),
    );
  }

  acceptListVersion(tenant: TenantId, account: AccountId, version: number) {
    return this.#ask({ is: 'acceptListVersion', tenant, account, version }, z.enum(['newer', 'same', 'older']));
  }

  rememberSent({ messageId, attempt, notAfter }: SentAttempt & { readonly notAfter: number }) {
    return this.#ask({ is: 'rememberSent', messageId, attempt, notAfter }, z.enum(['first', 'known']));
  }

  wasSent(messageId: MessageId): Promise<boolean> {
    return this.#ask({ is: 'wasSent', messageId }, z.boolean());
  }

  async retractSent({ messageId, attempt }: SentAttempt): Promise<void> {
    await this.#ask({ is: 'retractSent', messageId, attempt }, z.null());
  }

  async #ask<Answer>(question: LedgerQuestion, shape: z.ZodType<Answer>): Promise<Answer> {
    const answer = await new Promise<unknown>((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#askAll());
      this.#waiting.push({ question, resolve, reject });
    });
    return shape.parse(answer);
  }

  #askAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let first = 0; first < waiting.length; first += LEDGER_BATCH)
      void this.#askSome(waiting.slice(first, first + LEDGER_BATCH));
  }

  async #askSome(some: readonly Waiting[]): Promise<void> {
    try {
      const asked = some.map(({ question }) => question);
      const { answers } = ledgerAnswers.parse(await this.line.ask(KEEPER_QUESTIONS.ledger, { asked }));
      if (answers.length !== some.length) return refuse();
      for (const [index, { resolve }] of some.entries()) resolve(answers[index]);
    } catch (thrown) {
      for (const { reject } of some) reject(thrown);
    }
  }
}

function refuse(): never {
  throw new CausewayError('unavailable');
}
