import type { EdgeKeys } from './edge-keys.js';
import type { EdgeLedger } from './edge-ledger.js';
import {
  borrowQuestion,
  KEEPER_QUESTIONS,
  ledgerQuestion,
  ledgerQuestions,
  text,
  type KeeperQuestion,
} from './keeper-questions.js';
import type { z } from 'zod';

/**
 * What the keeper answers the other edges: it lends them the keys and puts their questions to the ledger. Whoever can ask gets the keys, so
 * the door this stands behind is the guard: a socket in the key folder, or TLS with an authority for edges alone.
 */
export class KeeperDesk {
  constructor(
    private readonly keys: EdgeKeys,
    private readonly ledger: EdgeLedger,
  ) {}

  /** JSON for JSON. Throws on a question that is none. */
  async answer(question: KeeperQuestion, body: unknown): Promise<unknown> {
    switch (question) {
      case KEEPER_QUESTIONS.borrow:
        return this.lend(borrowQuestion.parse(body));
      case KEEPER_QUESTIONS.ledger: {
        const { asked } = ledgerQuestions.parse(body);
        return { answers: await Promise.all(asked.map((one) => this.fromLedger(one))) };
      }
    }
  }

  private lend({ region, revision, publicKey }: z.output<typeof borrowQuestion>) {
    if (region !== this.keys.region) return { kind: 'other-region', region: this.keys.region };
    const loan = this.keys.lend({ publicKey, revision });
    return loan.kind === 'unchanged' ? loan : { ...loan, sealed: text(loan.sealed) };
  }

  private async fromLedger(asked: z.output<typeof ledgerQuestion>): Promise<unknown> {
    const { ledger } = this;
    switch (asked.is) {
      case 'accountKey': {
        const key = await ledger.accountKey(asked.tenant, asked.account);
        return key ? text(key) : null;
      }
      case 'pinAccountKey':
        return ledger.pinAccountKey(asked.tenant, asked.account, asked.key);
      case 'acceptListVersion':
        return ledger.acceptListVersion(asked.tenant, asked.account, asked.version);
      case 'rememberSent':
        return ledger.rememberSent(asked);
      case 'wasSent':
        return ledger.wasSent(asked.messageId);
      case 'retractSent':
        return ledger.retractSent(asked).then(() => null);
    }
  }
}
