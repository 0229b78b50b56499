import type { AdapterHarness, NetworkFault } from '../../../network-adapter/src/testing/index.js';
import { NETWORK_FAULTS } from '../../../network-adapter/src/testing/index.js';
import type { RawRequest } from '@causeway/network-adapter';
import { BRIDGE, PERSON, eventually, newOutbound, startSimulatedTwilio } from './simulated-twilio.js';

const FAULTS: Readonly<Record<NetworkFault['kind'], object>> = {
  silent: { mode: 'slow', delayMs: 600 },
  'cut-off': { mode: 'accept-then-drop' },
  'server-error': { mode: '500' },
  throttled: { mode: '429' },
  refused: { mode: 'refuse-code', code: 21211 },
  'unknown-code': { mode: 'refuse-code', code: 29999 },
};

/** The Twilio adapter on the simulator, as the laws want to see it. */
export async function newHarness(): Promise<AdapterHarness> {
  const twilio = await startSimulatedTwilio();
  let isReordered = false;
  let isDuplicated = false;
  const fault = async (words: object): Promise<void> => {
    await twilio.post('/faults', { network: 'sms', ...words });
  };
  const of = (request: RawRequest, word: string): boolean => textOf(request).includes(word);
  return {
    adapter: twilio.adapter(),
    // port 9, "discard": nobody listens there
    unreachable: twilio.adapter({ apiUrl: 'http://127.0.0.1:9' }),
    isSimulated: true,
    consentWords: { optOut: 'STOP', optIn: 'START', help: 'HELP' },
    outbound: (text, changes) => ({ ...newOutbound(text), ...changes }),
    nowMs: () => Date.now(),
    async delivered() {
      const [{ messages }, { entries }] = await Promise.all([
        twilio.get(`/handsets/${PERSON}/messages`),
        twilio.get('/log'),
      ]);
      const validity = new Map(entries.map(({ form }) => [form?.['Body'], form?.['ValidityPeriod']]));
      return messages
        .filter((message) => message.direction === 'received')
        .map(({ body }) => {
          const seconds = validity.get(body);
          return {
            kind: 'text' as const,
            text: body,
            ...(seconds === undefined ? {} : { expiresAtMs: Date.now() + Number(seconds) * 1_000 }),
          };
        });
    },
    sendCalls: async () => (await twilio.get('/log')).counts['create'] ?? 0,
    faults: {
      kinds: NETWORK_FAULTS,
      failNext: ({ kind }) => fault(FAULTS[kind]),
      delayNext: (delayMs) => fault({ mode: 'slow', delayMs }),
    },
    webhooks: {
      signs: ['body', 'url'],
      async sendFrom(text) {
        const { sid } = await twilio.post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: text });
        const request = await eventually(() => twilio.webhooks.find((each) => of(each, sid)));
        const requests = isDuplicated ? [request, request] : [request];
        isDuplicated = false;
        return requests;
      },
      async sendMedia(contentType, content) {
        const file = { to: BRIDGE, contentType, content: Buffer.from(content).toString('base64') };
        const { sid } = await twilio.post(`/handsets/${PERSON}/media`, file);
        return [await eventually(() => twilio.webhooks.find((each) => of(each, sid)))];
      },
      async receipts(externalId) {
        const isLast = (each: RawRequest): boolean => /MessageStatus=(?:un)?delivered/.test(textOf(each));
        await eventually(() => twilio.webhooks.find((each) => of(each, externalId) && isLast(each)));
        const requests = twilio.webhooks.filter((each) => of(each, externalId));
        const ordered = requests.toSorted((a, b) => rank(a) - rank(b));
        if (isReordered) ordered.reverse();
        isReordered = false;
        return ordered;
      },
      losePart: () => fault({ mode: 'lost-part', delayMs: 20 }),
      duplicateNext: async () => void (isDuplicated = true),
      reorder: async () => void (isReordered = true),
      forge: (request) => ({
        ...request,
        headers: { ...request.headers, 'x-twilio-signature': Buffer.alloc(20).toString('base64') },
      }),
    },
    dispose: () => twilio.close(),
  };
}

const textOf = ({ body }: RawRequest): string => Buffer.from(body).toString('utf8');

const STATUSES = ['queued', 'sending', 'sent', 'partially_delivered', 'delivered', 'undelivered'];
const rank = (request: RawRequest): number =>
  STATUSES.indexOf(new URLSearchParams(textOf(request)).get('MessageStatus') ?? '');
