import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mintConversationId, textContent, type ConversationId } from '@causeway/message-model';
import { sendMessageSchema } from '@causeway/api-contract';
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
let shownVersion: number;

function answer({ method, path, body }: ScriptedCall): ScriptedAnswer {
  const [hers, his] = [ada.context.own.current.list, bob.context.own.current.list];
  switch (`${method} ${path}`) {
    case 'POST /v1/routes': {
      const peer = { account: his.account, address: bob.address, deviceListVersion: shownVersion };
      return { status: 200, body: { leg: 'native', conversation, peer, self: { deviceListVersion: 1 }, digest: 'd' } };
    }
    case `GET /v1/conversations/${conversation}/devices`: {
      const shown = [his, hers].map(({ list: deviceList, ...pin }) => ({ ...pin, deviceList }));
      return { status: 200, body: { peer: shown[0], self: shown[1] } };
    }
    case 'POST /v1/key-bundles':
      return { status: 200, body: { bundles: [bob.takeBundle()] } };
    case 'POST /v1/messages': {
      const { messageId, deliverBefore } = sendMessageSchema.parse(body);
      return { status: 202, body: { id: `g-${messageId}`, messageId, deliverBefore, state: { kind: 'accepted' } } };
    }
    default:
      return { status: 500 };
  }
}

beforeEach(async () => {
  shownVersion = 1;
  gateway = await ScriptedGateway.start(answer);
  [ada, bob] = await Promise.all([TestDevice.make('ada', gateway.url), TestDevice.make('bob')]);
  conversation = mintConversationId();
  await ada.knows(bob, conversation);
  outgoing = new Outgoing(ada.context, new Peers(ada.context), new EdgeTrust(ada.context));
});
afterEach(async () => {
  await outgoing.close();
  await gateway.close();
  await Promise.all([ada.dispose(), bob.dispose()]);
});

const send = (text: string): Promise<SentMessage> =>
  outgoing.send({ address: bob.address, options: {}, build: (header) => textContent({ ...header, text }) });
const asked = (path: string): number => gateway.calls.filter((call) => call.path === path).length;

describe('a plan', () => {
  it('serves what was written before it was asked for, and nothing written later', async () => {
    await send('one');
    const waiting = [send('two'), send('three'), send('four')];
    await Promise.all(waiting);
    const plans = asked('/v1/routes');
    expect(plans).toBeLessThanOrEqual(3);
    await send('five');
    expect(asked('/v1/routes')).toBe(plans + 1);
    expect(asked('/v1/messages')).toBe(5);
  });

  it('that a later message asks for shows it the list that changed', async () => {
    await send('one');
    const lists = asked(`/v1/conversations/${conversation}/devices`);
    shownVersion = 2;
    await send('two');
    expect(asked(`/v1/conversations/${conversation}/devices`)).toBe(lists + 1);
  });
});
