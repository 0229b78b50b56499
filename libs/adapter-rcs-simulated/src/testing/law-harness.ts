import type { RawRequest } from '@causeway/network-adapter';
import { Plaintext } from '@causeway/platform';
import { NETWORK_FAULTS } from '../../../network-adapter/src/testing/index.js';
import type { AdapterHarness, DeliveredMessage, NetworkFault } from '../../../network-adapter/src/testing/index.js';
import { AGENT_ID, PERSON, eventually, innerOf, newOutbound, startSimulatedRcs, type Bubble } from './simulated-rcs.js';

const FAULTS: Readonly<Record<NetworkFault['kind'], object>> = {
  silent: { mode: 'slow', delayMs: 600 },
  'cut-off': { mode: 'accept-then-drop' },
  'server-error': { mode: '500' },
  throttled: { mode: '429' },
  refused: { mode: 'refuse-code', code: 'NOT_FOUND' },
  'unknown-code': { mode: 'refuse-code', code: 'NEVER_HEARD_OF' },
};

/** The RCS adapter on the simulator, as the laws want to see it. */
export async function newHarness(): Promise<AdapterHarness> {
  const rcs = await startSimulatedRcs();
  let expected = 1;
  let isReordered = false;
  const state = async (change: object): Promise<void> => void (await rcs.post(`/rcs/handsets/${PERSON}/state`, change));
  const online = async (isOn: boolean): Promise<void> =>
    void (await rcs.post(`/handsets/${PERSON}/state`, { online: isOn }));
  const about = (messageId: string, eventType?: string): readonly RawRequest[] =>
    rcs.webhooks.filter((request) => {
      const inner = innerOf(request);
      return inner['messageId'] === messageId && inner['eventType'] === eventType;
    });
  /** Webhooks of the message itself; the SUBSCRIBE and UNSUBSCRIBE that follow some words are news of their own. */
  const sent = async (messageId: string): Promise<readonly RawRequest[]> => {
    const requests = await eventually(() => (about(messageId).length >= expected ? about(messageId) : undefined));
    expected = 1;
    return requests;
  };
  return {
    adapter: rcs.adapter(),
    // port 9, "discard": nobody listens there
    unreachable: rcs.adapter({ apiUrl: 'http://127.0.0.1:9/rcs' }),
    isSimulated: true,
    consentWords: { optOut: 'STOP', optIn: 'START', help: 'HELP' },
    media: { url: new Plaintext(rcs.pictureUrl), contentType: 'image/png', sizeBytes: rcs.pictureBytes },
    outbound: (text, changes) => newOutbound(text, changes),
    nowMs: () => Date.now(),
    delivered: async () =>
      (await rcs.phone()).bubbles.filter(({ direction }) => direction === 'received').map(deliveredOf),
    sendCalls: async () => (await rcs.log()).counts['call-create'] ?? 0,
    faults: {
      kinds: NETWORK_FAULTS,
      failNext: async ({ kind }) => void (await rcs.fault(FAULTS[kind])),
      delayNext: async (delayMs) => void (await rcs.fault({ mode: 'slow', delayMs })),
    },
    webhooks: {
      signs: ['body'],
      sendFrom: async (text) => sent(await rcs.write({ text })),
      sendMedia: async (contentType, content) =>
        sent(await rcs.write({ file: { contentType, base64: Buffer.from(content).toString('base64') } })),
      tap: async (text, postback) => sent(await rcs.write({ suggestionResponse: { text, postbackData: postback } })),
      async receipts(externalId) {
        await eventually(() => about(externalId, 'DELIVERED')[0]);
        await rcs.post(`/rcs/handsets/${PERSON}/read`, { messageId: externalId });
        await eventually(() => about(externalId, 'READ')[0]);
        const receipts = [...about(externalId, 'DELIVERED'), ...about(externalId, 'READ')];
        if (isReordered) receipts.reverse();
        isReordered = false;
        return receipts;
      },
      async duplicateNext() {
        expected = 2;
        await rcs.fault({ mode: 'double-callbacks', operation: 'webhook' });
      },
      reorder: async () => void (isReordered = true),
      forge: (request) => ({
        ...request,
        headers: { ...request.headers, 'x-goog-signature': Buffer.alloc(64).toString('base64') },
      }),
    },
    phone: {
      goOffline: () => online(false),
      comeBack: () => online(true),
      seesTyping: async () => (await rcs.phone()).typing.includes(AGENT_ID),
      seesRead: async () =>
        (await rcs.phone()).bubbles
          .filter(({ direction, isRead }) => direction === 'written' && isRead)
          .map(({ messageId }) => messageId),
      leaveNetwork: () => state({ hasRcs: false }),
      setEncryption: (isOn) => state({ encryption: { agentId: AGENT_ID, isOn } }),
    },
    dispose: () => rcs.close(),
  };
}

function deliveredOf({ content, expiresAtMs }: Bubble): DeliveredMessage {
  const { text, richCard, contentInfo, suggestions } = content;
  const cards = [
    ...(richCard?.standaloneCard ? [richCard.standaloneCard.cardContent] : []),
    ...(richCard?.carouselCard?.cardContents ?? []),
  ];
  const words = cards.flatMap(({ title, description }) => [title, description]).filter((each) => each !== undefined);
  // a picture with words travels as a card that has these two and nothing else
  const isCaptioned = cards.length === 1 && cards[0]?.media !== undefined && cards[0].title === undefined;
  const kind = richCard?.carouselCard
    ? 'carousel'
    : isCaptioned || contentInfo !== undefined
      ? 'media'
      : richCard
        ? 'card'
        : 'text';
  return {
    kind,
    text: text ?? words.join('\n'),
    ...(suggestions === undefined
      ? {}
      : { suggestions: suggestions.map((chip) => ('reply' in chip ? chip.reply.text : chip.action.text)) }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  };
}
