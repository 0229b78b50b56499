import { prepareMessage } from '../bench/load/native-message.js';
import { seedPairs, type BenchPair } from '../bench/site/seed-accounts.js';
import { present } from './people-asked-about.js';
import type { Kind, Question } from './question.js';
import { addressOf, type TimingField } from './timing-field.js';

const PAIRS_EACH = 8;
const BOXES = { boxes: 'noise', lifetimeSeconds: 3_600 } as const;

/**
 * Sealed messages in conversations that were granted: to people who listen (`existing`, and `unknown` to compare with), and to people who have
 * blocked the sender since (`refusing`, `blocking`). A block acts at delivery, and no answer is to show it.
 */
export const questionInConversation = (field: TimingField): Question => ({
  name: 'message',
  prepare: async () => {
    const pairs: Readonly<Record<Kind, readonly BenchPair[]>> = {
      existing: await seedPairs(field.database, PAIRS_EACH),
      refusing: await seedPairs(field.database, PAIRS_EACH),
      blocking: await seedPairs(field.database, PAIRS_EACH),
      unknown: await seedPairs(field.database, PAIRS_EACH),
    };
    const blocks = [...pairs.refusing, ...pairs.blocking].map(({ sender, recipient }) => ({
      actor: present(recipient[0]).account,
      peer: addressOf(present(sender[0])),
    }));
    await field.decide(blocks, 'revoke');
    return {
      ask: async (kind, round) => {
        const { token, messageId, body } = prepareMessage(present(pairs[kind][round % PAIRS_EACH]), BOXES);
        const headers = { 'idempotency-key': `"${messageId}"` };
        return { method: 'POST', path: '/v1/messages', token, headers, text: body };
      },
    };
  },
});
