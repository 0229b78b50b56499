import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sendMessageSchema } from '@causeway/api-contract';
import { mintConversationId, textContent, type ConversationId } from '@causeway/message-model';
import { EdgeTrust } from './edge-trust.js';
import { Outgoing, type SentMessage } from './outgoing.js';
import { Peers } from './peers.js';
import { ScriptedGateway, type ScriptedAnswer, type ScriptedCall } from './testing/scripted-gateway.js';
import { TestDevice } from './testing/test-device.js';

let ada: TestDevice;
let bob: TestDevice;
let conversation: ConversationId;
let gateway: ScriptedGateway;
let outgoing: Outgoing;
let isGranted: boolean;

function answer({ method, path, body }: ScriptedCall): ScriptedAnswer {
  const { account, list } = bob.context.own.current;
  const shown = (device: TestDevice) => {
    const { address, accountKey, account: id, list: pin } = device.context.own.current;
    return { account: id, address, accountKey, deviceList: pin.list };
  };
  switch (`${method} ${path}`) {
    case 'POST /v1/routes':
      return isGranted
        ? {
            status: 200,
            body: {
              leg: 'native',
              conversation,
              peer: { account, address: bob.address, deviceListVersion: list.version },
              self: { deviceListVersion: 1 },
              digest: 'd',
            },
          }
        : { status: 200, body: { leg: 'none', waiting: 'consent' } };
    case `GET /v1/conversations/${conversation}/devices`:
      return { status: 200, body: { peer: shown(bob), self: shown(ada) } };
    case 'POST /v1/key-bundles':
      return { status: 200, body: { bundles: [bob.takeBundle()] } };
    case 'POST /v1/messages': {
      const { messageId, deliverBefore, body: sealed } = sendMessageSchema.parse(body);
      const waiting = { kind: 'waiting-on-sender', reason: 'consent' };
      const state = sealed.leg === 'none' ? waiting : { kind: 'accepted' };
      return { status: 202, body: { id: `g-${messageId}`, messageId, deliverBefore, state } };
    }
    default:
      return method === 'DELETE' ? { status: 204 } : { status: 500 };
  }
}

beforeEach(async () => {
  isGranted = false;
  gateway = await ScriptedGateway.start(answer);
  [ada, bob] = await Promise.all([TestDevice.make('ada', gateway.url), TestDevice.make('bob')]);
  conversation = mintConversationId();
  outgoing = new Outgoing(ada.context, new Peers(ada.context), new EdgeTrust(ada.context));
});
afterEach(async () => {
  await outgoing.close();
  await gateway.close();
  await Promise.all([ada.dispose(), bob.dispose()]);
});

const send = (text: string): Promise<SentMessage> =>
  outgoing.send({ address: bob.address, options: {}, build: (header) => textContent({ ...header, text }) });
const sealed = () =>
  gateway.calls
    .filter(({ path }) => path === '/v1/messages')
    .map(({ body }) => sendMessageSchema.parse(body))
    .filter(({ body }) => body.leg === 'native')
    .map(({ messageId }) => messageId);

describe('a grant whose word has not come yet', () => {
  it('lets what waited for it go before a message that learns of it from its plan', async () => {
    const [first, second] = [await send('first'), await send('second')];
    expect(first.state).toEqual({ kind: 'waiting-on-sender', reason: 'consent' });
    isGranted = true;
    const third = await send('third');
    const now = await Promise.all([first, second, third].map(({ messageId }) => outgoing.describe(messageId)));
    expect(now.map(({ state }) => state)).toEqual(now.map(() => ({ kind: 'accepted' })));
    expect(sealed()).toEqual(now.map(({ messageId }) => messageId));
  });

  it('lets it go first as well when the word came and what waited has not had its turn', async () => {
    const first = await send('first');
    isGranted = true;
    await ada.knows(bob, conversation);
    const second = await send('second');
    const moved = await outgoing.describe(first.messageId);
    expect(sealed()).toEqual([moved.messageId, second.messageId]);
  });
});
