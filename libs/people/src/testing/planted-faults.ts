import { NO_CONSENT, type ConsentPair } from '@causeway/message-model';
import type { RouteQuestion } from '../choose-route.js';
import { VETOES, type VetoName } from '../route-vetoes.js';
import { OTHER_HOST } from './acts.js';
import { REAL, type Parts } from './parts.js';

const without = (name: VetoName) => VETOES.filter((veto) => veto.name !== name);
const grantedBoth = ({ own, other }: ConsentPair): ConsentPair => ({
  own: { ...own, standing: 'granted' },
  other: { ...other, standing: 'granted' },
});

const otherFirst = ({ facts, ...question }: RouteQuestion): RouteQuestion => {
  const { recipient } = facts;
  const order = [OTHER_HOST, ...(recipient?.order ?? [])];
  return { ...question, facts: { ...facts, recipient: recipient && { ...recipient, order } } };
};

/** Each leaves out one check. The first of each are the rules of the router, one by one. */
export const PLANTED: Readonly<Record<string, Partial<Parts>>> = {
  ...Object.fromEntries(
    VETOES.map(({ name }) => [`the veto ${name} is gone`, { vetoes: without(name), atDelivery: without(name) }]),
  ),
  'nothing is asked again before the call': { atDelivery: [] },
  'a block is not looked at': {
    permitsDelivery: (consent, scope) =>
      REAL.permitsDelivery({ ...consent, isStopped: scope === 'clear' && consent.isStopped }, scope),
  },
  'STOP is not looked at': {
    permitsDelivery: (consent, scope) =>
      REAL.permitsDelivery({ ...consent, isStopped: scope === 'native' && consent.isStopped }, scope),
  },
  'a block shows in the plan': {
    chooseRoute: (question, vetoes, { isStopped }) =>
      isStopped ? { kind: 'waiting', reason: 'route', judged: [] } : REAL.chooseRoute(question, vetoes, { isStopped }),
  },
  'a refusal shows in the plan': {
    chooseRoute: (question, vetoes, { isStopped }) => {
      const route = REAL.chooseRoute(question, vetoes, { isStopped });
      return isStopped && route.kind === 'waiting' ? { ...route, judged: [] } : route;
    },
  },
  'a request grants itself': {
    reducePair: (pair, operation, others) =>
      operation === 'request' ? grantedBoth(pair) : REAL.reducePair(pair, operation, others),
  },
  'a refusal is forgotten': {
    reducePair: (pair, operation, others) => (operation === 'revoke' ? pair : REAL.reducePair(pair, operation, others)),
  },
  'a refused person who asks again is unknown': {
    reducePair: ({ own, other }, operation, others) => {
      const forgotten = operation === 'request' && other.isStopped ? NO_CONSENT : other;
      return REAL.reducePair({ own, other: forgotten }, operation, others);
    },
  },
  'a request that was taken back is granted': {
    reducePair: (pair, operation, others) => (operation === 'cancel' ? pair : REAL.reducePair(pair, operation, others)),
  },
  'people one knows are taken for anyone': {
    reducePair: (pair, operation, others) => REAL.reducePair(pair, operation, others && { ...others, isContact: true }),
  },
  'a grant in advance reaches whom one refused': {
    reducePair: (pair, operation, others) =>
      operation === 'request' && others?.policy === 'anyone'
        ? grantedBoth(pair)
        : REAL.reducePair(pair, operation, others),
  },
  'a link of two accounts never ends': { isTied: ({ until }) => until > 0 },
  'the other account comes first without being named': {
    linkedWays: (linked, { order, sender }) => REAL.linkedWays(linked, { order: [OTHER_HOST, ...order], sender }),
    chooseRoute: (question, vetoes, stopped) => REAL.chooseRoute(otherFirst(question), vetoes, stopped),
  },
  'crossing networks is not looked at': {
    linkedWays: (linked, asked) => REAL.linkedWays(linked, asked).map((way) => ({ ...way, offFor: [] })),
  },
  'a network that was left is still delivered to': {
    permitsLed: (delivery) => REAL.permitsLed({ ...delivery, isCrossing: true }),
  },
  'a block of the one that granted is not looked at where it leads': {
    permitsLed: (delivery) => REAL.permitsLed({ ...delivery, isCarried: false }),
  },
  'a block of the other account is not looked at': {
    permitsLed: ({ theirs, ...rest }) => REAL.permitsLed({ ...rest, theirs: { ...theirs, isStopped: false } }),
  },
  'a link never ends': { isLinked: ({ until }) => until > 0 },
  'what came through an alias outlives it': { isThere: () => true },
  'an alias opened again takes up what was said under the one before': { isThere: ({ open }) => open !== undefined },
  'no statement is checked': { checkStatementForm: () => 'ok' },
  'a statement never ends': {
    checkStatementForm: (statement, facts) =>
      REAL.checkStatementForm({ ...statement, notAfter: Math.max(facts.now, facts.deadline) + 1 }, facts),
  },
  'a statement is for every network': {
    checkStatementForm: (statement, facts) =>
      REAL.checkStatementForm({ ...statement, networks: facts.networks }, facts),
  },
  'a statement is for every message': {
    checkStatementForm: (statement, facts) => {
      const subject = { kind: 'message', messageId: facts.messageId } as const;
      return REAL.checkStatementForm({ ...statement, subject }, facts);
    },
    isUsable: ({ isRevoked }) => !isRevoked,
  },
  'a permission cannot be taken back': { isUsable: ({ usedBy, by }) => usedBy === undefined || usedBy === by },
};
