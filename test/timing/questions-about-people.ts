import { randomBytes } from 'node:crypto';
import { toBase64Url } from '@causeway/message-model';
import { inSeconds, newMessageId } from '../support/raw-device.js';
import { peopleAskedAbout, type PeopleAskedAbout } from './people-asked-about.js';
import type { Kind, Question } from './question.js';
import type { Asked } from './timed-client.js';
import type { TimingField } from './timing-field.js';

/** A decision is answered after 40 ms, nearly all of which is waiting. With many more at once the work would not be done by then. */
const DECISIONS_SIDE_BY_SIDE = 4;

type Ask = (about: { readonly token: string; readonly address: string; readonly round: number }) => Asked;

const aboutPeople = (field: TimingField, name: string, ask: Ask): Question => ({
  name,
  prepare: async (rounds) => {
    const people: PeopleAskedAbout = await peopleAskedAbout(field, rounds);
    return {
      ask: async (kind: Kind, round) =>
        ask({ token: people.asker(round).token, address: people.address(kind, round), round }),
    };
  },
});

/** What anybody may ask about anybody's address. */
export const questionsAboutPeople = (field: TimingField): readonly Question[] => [
  aboutPeople(field, 'route', ({ token, address }) => ({
    method: 'POST',
    path: '/v1/routes',
    token,
    body: { to: { kind: 'address', address } },
  })),
  aboutPeople(field, 'explanation', ({ token, address }) => ({
    method: 'POST',
    path: '/v1/routes/explain',
    token,
    body: { to: { kind: 'address', address } },
  })),
  aboutPeople(field, 'request', ({ token, address }) => {
    const messageId = newMessageId();
    return {
      method: 'POST',
      path: '/v1/messages',
      token,
      headers: { 'idempotency-key': `"${messageId}"` },
      body: {
        messageId,
        to: { kind: 'address', address, conversation: `r_${toBase64Url(randomBytes(16))}` },
        floor: 'sealed',
        deliverBefore: inSeconds(3600),
        body: { leg: 'none', reason: 'consent' },
      },
    };
  }),
  {
    lanes: DECISIONS_SIDE_BY_SIDE,
    ...aboutPeople(field, 'decision', ({ token, address, round }) => ({
      method: 'PUT',
      path: '/v1/consents',
      token,
      body: { peer: address, decision: round % 2 === 0 ? 'revoke' : 'grant' },
    })),
  },
];
