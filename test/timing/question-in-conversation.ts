import { Child } from '../bench/load/child.js';
import { prepareMessage } from '../bench/load/native-message.js';
import { seedPairs, type BenchPair } from '../bench/site/seed-accounts.js';
import type { ListeningOrder } from './listening-process.js';
import { present } from './people-asked-about.js';
import type { Kind, PreparedQuestion, Question } from './question.js';
import { addressOf, type TimingField } from './timing-field.js';

type Pairs = Readonly<Record<Kind, readonly BenchPair[]>>;

const PAIRS_EACH = 8;
const BOXES = { boxes: 'noise', lifetimeSeconds: 3_600 } as const;
/** Until two devices have acknowledged and the sender was told. */
const REST_MS = 10;

/**
 * Sealed messages in conversations that were granted: to people whose devices are off (`existing`, and `unknown` to compare with), and to
 * people who have blocked the sender since (`refusing`, `blocking`). A block acts at delivery, and no answer is to show it.
 */
export const questionInConversation = (field: TimingField): Question => ({
  name: 'message',
  prepare: async () => asking(await pairsOf(field)),
});

/** The same where the people of `existing` are there: their devices are handed each message and acknowledge it. */
export const questionAboutPresence = (field: TimingField): Question => ({
  name: 'presence',
  restMs: REST_MS,
  prepare: async () => {
    const pairs = await pairsOf(field);
    const tokens = pairs.existing.flatMap(({ recipient }) => recipient.map(({ token }) => token));
    const listening = Child.start('../timing/listening-process.ts');
    const order: ListeningOrder = { gatewayUrl: field.world.gatewayUrl, tokens };
    if ((await listening.ask<number>({ ...order })) !== tokens.length) throw new Error('a socket did not open');
    return { ...asking(pairs), close: () => listening.end() };
  },
});

async function pairsOf(field: TimingField): Promise<Pairs> {
  const pairs: Pairs = {
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
  return pairs;
}

const asking = (pairs: Pairs): PreparedQuestion => ({
  ask: async (kind, round) => {
    const { token, messageId, body } = prepareMessage(present(pairs[kind][round % PAIRS_EACH]), BOXES);
    const headers = { 'idempotency-key': `"${messageId}"` };
    return { method: 'POST', path: '/v1/messages', token, headers, text: body };
  },
});
