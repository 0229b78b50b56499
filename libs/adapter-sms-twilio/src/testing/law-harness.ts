import type { AdapterHarness, NetworkFault } from '../../../network-adapter/src/testing/index.js';
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
  const receivedOf = async () => {
    const { messages } = await twilio.get(`/handsets/${PERSON}/messages`);
    return messages.filter((message) => message.direction === 'received').map((message) => message.body);
  };
  return {
    adapter: twilio.adapter(),
    // port 9, "discard": nobody listens there
    unreachable: twilio.adapter({ apiUrl: 'http://127.0.0.1:9' }),
    isSimulated: true,
    outbound: newOutbound,
    nowMs: () => Date.now(),
    received: (count) => eventually(async () => ((await receivedOf()).length >= count ? receivedOf() : undefined)),
    sendCalls: async () => (await twilio.get('/log')).counts['create'] ?? 0,
    failNext: async (fault) => {
      await twilio.post('/faults', { network: 'sms', ...FAULTS[fault.kind] });
    },
    async writeToBridge(text) {
      const { sid } = await twilio.post(`/handsets/${PERSON}/messages`, { to: BRIDGE, body: text });
      return eventually(() => twilio.webhooks.find((request) => Buffer.from(request.body).includes(sid)));
    },
    deliveredWebhook: (externalId) =>
      eventually(() =>
        twilio.webhooks.find((request) => {
          const body = Buffer.from(request.body);
          return body.includes(externalId) && body.includes('MessageStatus=delivered');
        }),
      ),
    forge: (request) => ({
      ...request,
      headers: { ...request.headers, 'x-twilio-signature': Buffer.alloc(20).toString('base64') },
    }),
    dispose: () => twilio.close(),
  };
}
