import { Plaintext } from '@causeway/platform';
import type { ReceiveOutcome } from '../../inbound.js';
import { reading, readingEach, receiving, type Plant } from './plant.js';
import { sign } from './scripted-network.js';

/** Everything counts as signed. */
const believing: Plant = receiving((receive, request) =>
  receive({ ...request, headers: { ...request.headers, 'x-signature': sign(request.url, request.body) } }),
);

const counting = (): Plant => {
  let count = 0;
  return reading((events) => {
    count += 1;
    return events.map((event) => ({ ...event, externalId: `id-${count}` }));
  });
};

const changing =
  (ability: string, answer: unknown): Plant =>
  () => ({ [ability]: async () => answer });

/** For each law about what comes in and about abilities, an adapter that breaks it. */
export const INBOUND_FAULTS: Readonly<Record<string, Plant>> = {
  'reads-what-people-write': readingEach((event) =>
    event.kind === 'message' ? { ...event, text: event.text.map((text) => text.trim().split('\n')[0] ?? '') } : event,
  ),
  'reads-what-people-tap': readingEach((event) => {
    if (event.kind !== 'message') return event;
    const { suggestion: _lost, ...rest } = event;
    return rest;
  }),
  'reads-the-same-twice': counting(),
  'repeated-webhook-same-id': counting(),
  'receipts-find-their-message': readingEach((event) =>
    event.kind === 'receipt' ? { ...event, externalId: 'another' } : event,
  ),
  'receipts-in-any-order': (adapter) => {
    let isDelivered = false;
    return reading((events) =>
      events.map((event) => {
        if (event.kind !== 'receipt') return event;
        isDelivered ||= event.status === 'delivered';
        return isDelivered && event.status !== 'delivered' ? { ...event, status: 'failed' } : event;
      }),
    )(adapter);
  },
  'a-part-is-not-the-whole': readingEach((event) => {
    if (event.kind !== 'receipt') return event;
    const { part: _ignored, ...rest } = event;
    return rest;
  }),
  'answers-nobody-by-accident': receiving(async (receive, request) => {
    const outcome = await receive(request);
    if (outcome.kind === 'rejected') return outcome;
    return { ...outcome, response: { ...outcome.response, body: 'Thank you very much' } };
  }),
  'hears-consent-words': reading((events) => events.filter(({ kind }) => kind !== 'opt-out')),
  'refuses-forged-webhooks': believing,
  'refuses-altered-bodies': receiving(async (receive, request) => {
    const outcome = await receive(request);
    const isSigned = request.headers['x-signature'] !== undefined;
    return outcome.kind === 'rejected' && isSigned ? nothingIn : outcome;
  }),
  'refuses-other-addresses': (adapter) => {
    const url = 'https://edge.example/webhooks/scripted/events';
    return receiving((receive, request) => receive({ ...request, url }))(adapter);
  },
  'authenticates-before-parsing': receiving(async (receive, request) => {
    try {
      JSON.parse(Buffer.from(request.body).toString('utf8'));
    } catch {
      return { kind: 'rejected', reason: 'malformed' };
    }
    return receive(request);
  }),
  'believes-no-proxy': receiving((receive, request) => {
    const host = request.headers['x-forwarded-host'];
    return receive(host === undefined ? request : { ...request, url: request.url.replace('edge.example', host) });
  }),
  'is-not-misled-by-the-content-type': receiving(async (receive, request) => {
    const outcome = await receive(request);
    if (request.headers['content-type'] === 'application/json' || outcome.kind === 'rejected') return outcome;
    return { ...outcome, events: [] };
  }),
  'survives-strangers': receiving((receive, request) => {
    JSON.parse(Buffer.from(request.body).toString('utf8'));
    return receive(request);
  }),
  'events-print-no-plaintext': readingEach((event) =>
    event.kind === 'message' ? { ...event, to: `${event.to} from ${event.from.reveal()}` } : event,
  ),
  withdraws: changing('withdraw', { kind: 'withdrawn' }),
  'withdraws-nothing-delivered': changing('withdraw', { kind: 'withdrawn' }),
  'looks-up-what-is-unknown': (adapter) => ({
    lookUp: (question: Parameters<typeof adapter.lookUp>[0]) =>
      adapter.lookUp({ ...question, to: new Plaintext('+14155550123') }),
  }),
  'lists-what-was-received': (adapter) => ({
    listReceived: async (...given: Parameters<typeof adapter.listReceived>) => {
      const { kind, messages } = await adapter.listReceived(...given);
      return { kind, messages: messages.map((event) => ({ ...event, externalId: `listed-${event.externalId}` })) };
    },
  }),
  'fetches-where-a-message-stands': changing('fetchStatus', { kind: 'status', status: 'sent' }),
  forgets: changing('forget', { kind: 'forgotten' }),
  'fetches-media': (adapter) => ({
    fetchMedia: (url: Plaintext) => adapter.fetchMedia(url, Number.POSITIVE_INFINITY),
  }),
  'abilities-end-with-disposal': (adapter) => ({
    fetchStatus: async (...given: Parameters<typeof adapter.fetchStatus>) => {
      const answer = await adapter.fetchStatus(...given);
      if (answer.kind === 'unavailable') throw new Error('it is over');
      return answer;
    },
  }),
  // the indication is sent as words
  'shows-typing': (adapter) => ({
    showTyping: async (ends: Parameters<typeof adapter.deliver>[0]) => {
      await adapter.showTyping({}, true);
      const attempt = { callBeforeMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
      await adapter.deliver({ ...ends, body: { kind: 'text', text: new Plaintext('is writing ...') } }, attempt);
      return { kind: 'indicated' };
    },
  }),
  'reports-reading': changing('reportRead', { kind: 'indicated' }),
  'checks-a-recipient': (adapter) => ({
    checkRecipient: async () => {
      const standing = await adapter.checkRecipient();
      if (standing.kind !== 'reachable') return standing;
      const features = { ...standing.capabilities.features, carousel: 'full' };
      return { ...standing, capabilities: { ...standing.capabilities, features } };
    },
  }),
  'notices-who-left': (adapter) => {
    const remembered = adapter.checkRecipient();
    return { checkRecipient: () => remembered };
  },
};

const nothingIn: ReceiveOutcome = {
  kind: 'events',
  events: [],
  response: { status: 200, contentType: 'text/plain', body: '' },
};
