import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mintConversationId, parseDeviceId, textContent, type ConversationId } from '@causeway/message-model';
import { sendMessageSchema, type NativeBox, type SendMessageRequest } from '@causeway/api-contract';
import {
  generateKeyPair,
  openDeviceList,
  signDeviceList,
  type DeviceList,
  type KeyPair,
} from '@causeway/signal-protocol';
import { EdgeTrust } from './edge-trust.js';
import { Outgoing, type SentMessage } from './outgoing.js';
import { Peers, unknownPeer } from './peers.js';
import { RECORDS, type Pin } from './records.js';
import { problem, ScriptedGateway, type ScriptedAnswer, type ScriptedCall } from './testing/scripted-gateway.js';
import { TestDevice } from './testing/test-device.js';

let ada: TestDevice;
let bob: TestDevice;
let conversation: ConversationId;
let gateway: ScriptedGateway;
let outgoing: Outgoing;
/** What the scripted gateway says beyond the plain truth, first match first. */
let lies: ((call: ScriptedCall) => ScriptedAnswer | undefined)[];

const shown = ({ account, address, accountKey, list }: Pin) => ({ account, address, accountKey, deviceList: list });
const ownPin = (device: TestDevice): Pin => device.context.own.current.list;
const plan = (version = 1): ScriptedAnswer => ({
  status: 200,
  body: {
    leg: 'native',
    conversation,
    peer: { account: ownPin(bob).account, address: bob.address, deviceListVersion: version },
    self: { deviceListVersion: 1 },
    digest: 'd',
  },
});

function truth({ method, path, body }: ScriptedCall): ScriptedAnswer {
  switch (`${method} ${path}`) {
    case 'POST /v1/routes':
      return plan();
    case `GET /v1/conversations/${conversation}/devices`:
      return { status: 200, body: { peer: shown(ownPin(bob)), self: shown(ownPin(ada)) } };
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

const lie = (method: string, path: string, answer: () => ScriptedAnswer): number =>
  lies.push((call) => (call.method === method && call.path === path ? answer() : undefined));
const once = (method: string, path: string, answer: () => ScriptedAnswer): void => {
  let isTold = false;
  lies.push((call) => {
    if (isTold || call.method !== method || call.path !== path) return undefined;
    isTold = true;
    return answer();
  });
};

beforeEach(async () => {
  lies = [];
  gateway = await ScriptedGateway.start((call) => {
    for (const tell of lies) {
      const answer = tell(call);
      if (answer) return answer;
    }
    return truth(call);
  });
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

const send = (text: string, to = bob.address): Promise<SentMessage> =>
  outgoing.send({ address: to, options: {}, build: (header) => textContent({ ...header, text }) });
const submitted = (): SendMessageRequest[] =>
  gateway.calls.filter(({ path }) => path === '/v1/messages').map(({ body }) => sendMessageSchema.parse(body));
const boxesIn = (request: SendMessageRequest | undefined): readonly NativeBox[] =>
  request?.body.leg === 'native' ? request.body.recipient : [];
const problems = (): string[] => {
  const reasons: string[] = [];
  ada.context.events.on('trust-problem', ({ reason }) => reasons.push(reason));
  return reasons;
};

/** A list of Bob's account as an attacker would like it: with one more device. */
function withIntruder(keys: KeyPair, version: number): Pin {
  const pin = ownPin(bob);
  const list = openDeviceList(pin.list, pin.accountKey);
  if (!list) throw new Error('not a list');
  const [first] = list.devices;
  if (!first) throw new Error('no device');
  const intruder = {
    ...first,
    deviceId: parseDeviceId(2) ?? first.deviceId,
    identityKey: keys.publicKey,
    sealKey: generateKeyPair().publicKey,
  };
  const forged: DeviceList = { ...list, version, devices: [...list.devices, intruder] };
  return { ...pin, accountKey: pin.accountKey, version, list: signDeviceList(forged, keys.privateKey) };
}

describe('sending', () => {
  it('submits the messages of one conversation in the order they were written', async () => {
    const sent = await Promise.all(['one', 'two', 'three', 'four'].map((text) => send(text)));
    expect(submitted().map(({ messageId }) => messageId)).toEqual(sent.map(({ messageId }) => messageId));
    expect(sent.every(({ state }) => state.kind === 'accepted')).toBe(true);
  });

  it('names every submission by its message id', async () => {
    const { messageId } = await send('hello');
    expect(gateway.calls.at(-1)).toMatchObject({ idempotencyKey: `"${messageId}"` });
  });

  it('keeps a message that met no gateway, and sends it before the next one', async () => {
    lie('POST', '/v1/routes', () => ({ status: 503 }));
    const first = await send('first');
    expect(first.state).toEqual({ kind: 'unsubmitted' });
    lies = [];
    const second = await send('second');
    expect(submitted().map(({ messageId }) => messageId)).toEqual([first.messageId, second.messageId]);
    expect((await outgoing.describe(first.messageId)).state).toEqual({ kind: 'accepted' });
  });

  it('keeps a message while the gateway says that a part of it is away', async () => {
    lie('POST', '/v1/routes', () => problem(503, 'unavailable'));
    expect((await send('hello')).state).toEqual({ kind: 'unsubmitted' });
  });

  it('tells the caller of one message nothing about the failure of another', async () => {
    lie('POST', '/v1/routes', () => ({ status: 503 }));
    const first = await send('first');
    lies = [];
    once('POST', '/v1/messages', () => problem(409, 'region-not-permitted'));
    expect((await send('second')).state).toEqual({ kind: 'accepted' });
    const failed = { kind: 'failed', reason: 'region-not-permitted' };
    expect((await outgoing.describe(first.messageId)).state).toEqual(failed);
  });

  it('submits the very same box again when its answer was lost', async () => {
    once('POST', '/v1/messages', () => ({ status: 500 }));
    const { state, messageId } = await send('hello');
    expect(state).toEqual({ kind: 'unsubmitted' });
    await outgoing.resume();
    await outgoing.submit(bob.address, messageId);
    const [before, after] = submitted();
    expect(after).toEqual(before);
  });

  it('sends a header and no box while there is no consent, and seals when the grant comes', async () => {
    await ada.context.store.unit(async (unit) => unit.delete(RECORDS.peer, bob.address));
    lie('POST', '/v1/routes', () => ({ status: 200, body: { leg: 'none', waiting: 'consent' } }));
    once('POST', '/v1/messages', () => ({
      status: 202,
      body: {
        id: 'g1',
        messageId: 'm',
        deliverBefore: 1,
        state: { kind: 'waiting-on-sender', reason: 'consent' },
      },
    }));
    const waiting = await send('hello');
    expect(waiting.state).toEqual({ kind: 'waiting-on-sender', reason: 'consent' });
    expect(submitted()).toMatchObject([{ to: { kind: 'address' }, body: { leg: 'none', reason: 'consent' } }]);
    lies = [];
    conversation = waiting.conversation;
    await ada.knows(bob, conversation);
    const sealed = await outgoing.submit(bob.address, waiting.messageId);
    expect(sealed).toMatchObject({ messageId: waiting.messageId, state: { kind: 'accepted' } });
    expect(submitted().at(-1)).toMatchObject({ body: { leg: 'native' } });
  });

  it('takes another id when the grant names another conversation, and answers to both', async () => {
    const states: (string | undefined)[] = [];
    ada.context.events.on('state', ({ formerMessageId }) => states.push(formerMessageId));
    await ada.context.store.unit(async (unit) => unit.delete(RECORDS.peer, bob.address));
    once('POST', '/v1/routes', () => ({ status: 200, body: { leg: 'none', waiting: 'consent' } }));
    const waiting = { kind: 'waiting-on-sender', reason: 'consent' };
    once('POST', '/v1/messages', () => ({
      status: 202,
      body: { id: 'g1', messageId: 'm', deliverBefore: 1, state: waiting },
    }));
    lie('DELETE', '/v1/messages/g1', () => ({ status: 204 }));
    const sent = await send('hello');
    expect(sent.conversation).not.toBe(conversation);
    await ada.knows(bob, conversation);
    await outgoing.submit(bob.address, sent.messageId);
    const moved = await outgoing.describe(sent.messageId);
    expect(moved).toMatchObject({ conversation, state: { kind: 'accepted' } });
    expect(moved.messageId).not.toBe(sent.messageId);
    expect(states).toContain(sent.messageId);
    expect(gateway.calls.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(submitted().map(({ messageId }) => messageId)).toEqual([sent.messageId, moved.messageId]);
  });
});

describe('a gateway that lies', () => {
  const boxesFor = (): NativeBox[] => submitted().flatMap((request) => boxesIn(request));

  it('about a device that is missing gets no box for it', async () => {
    const reasons = problems();
    const missing = [{ account: ownPin(bob).account, deviceId: 2 }];
    lie('POST', '/v1/messages', () => problem(409, 'device-mismatch', { missingDevices: missing, extraDevices: [] }));
    await expect(send('hello')).rejects.toMatchObject({
      name: 'TrustError',
      reason: 'devices-beyond-the-verified-list',
    });
    expect(boxesFor()).toHaveLength(1);
    expect(boxesFor()).toMatchObject([{ deviceId: 1 }]);
    expect(reasons).toEqual(['devices-beyond-the-verified-list']);
  });

  it.each([
    ['with a list it signed itself', () => withIntruder(generateKeyPair(), 2), 'list-does-not-verify'],
    ['with an intruder under the same version', () => withIntruder(generateKeyPair(), 1), 'list-does-not-verify'],
  ])('%s gets nothing at all', async (_how, forge, reason) => {
    const reasons = problems();
    lie('POST', '/v1/routes', () => plan(2));
    lie('GET', `/v1/conversations/${conversation}/devices`, () => ({
      status: 200,
      body: { peer: shown(forge()), self: shown(ownPin(ada)) },
    }));
    await expect(send('hello')).rejects.toMatchObject({ name: 'TrustError', reason });
    expect(submitted()).toEqual([]);
    expect(reasons).toEqual([reason]);
  });

  it('by showing an older list, genuine as it is, gets nothing', async () => {
    const { accountPrivateKey } = bob.context.own.current;
    const older = ownPin(bob);
    const list = openDeviceList(older.list, older.accountKey);
    if (!accountPrivateKey || !list) throw new Error('not a primary device');
    const newer = { ...older, version: 2, list: signDeviceList({ ...list, version: 2 }, accountPrivateKey) };
    await ada.context.store.put(RECORDS.peer, bob.address, { ...unknownPeer(bob.address), pin: newer, conversation });
    const reasons = problems();
    await expect(send('hello')).rejects.toMatchObject({ name: 'TrustError', reason: 'list-rolled-back' });
    expect(submitted()).toEqual([]);
    expect(reasons).toEqual(['list-rolled-back']);
  });

  it('with another account key makes messages wait until one review', async () => {
    const changes: string[] = [];
    ada.context.events.on('key-change', ({ address }) => changes.push(address));
    const other = await TestDevice.make('bob');
    lie('POST', '/v1/routes', () => plan(2));
    lie('GET', `/v1/conversations/${conversation}/devices`, () => ({
      status: 200,
      body: { peer: shown(ownPin(other)), self: shown(ownPin(ada)) },
    }));
    const waiting = { kind: 'waiting-on-sender', reason: 'key-change' };
    lie('POST', '/v1/messages', () => ({
      status: 202,
      body: { id: 'g', messageId: 'm', deliverBefore: 1, state: waiting },
    }));
    expect((await send('one')).state).toEqual(waiting);
    expect((await send('two')).state).toEqual(waiting);
    expect(changes).toEqual([bob.address]);
    expect(submitted().map(({ body }) => body)).toEqual([
      { leg: 'none', reason: 'key-change' },
      { leg: 'none', reason: 'key-change' },
    ]);
    expect(await new Peers(ada.context).acceptKeyChange(bob.address)).toBe(true);
    expect((await new Peers(ada.context).get(bob.address)).pin?.account).toBe(ownPin(other).account);
    await other.dispose();
  });

  it('with pre-keys of another identity gets nothing', async () => {
    lie('POST', '/v1/key-bundles', () => ({
      status: 200,
      body: { bundles: [{ ...bob.takeBundle(), identityKey: generateKeyPair().publicKey }] },
    }));
    await expect(send('hello')).rejects.toMatchObject({ name: 'TrustError', reason: 'bundle-identity' });
    expect(submitted()).toEqual([]);
  });

  it('about where a native message goes gets nothing', async () => {
    const elsewhere = { account: ownPin(bob).account, address: 'mimi://causeway.local/u/eve', deviceListVersion: 1 };
    const body = { leg: 'native', conversation, peer: elsewhere, self: { deviceListVersion: 1 }, digest: 'd' };
    lie('POST', '/v1/routes', () => ({ status: 200, body }));
    await expect(send('hello')).rejects.toMatchObject({ reason: 'plan-does-not-match' });
    expect(submitted()).toEqual([]);
  });
});

describe('a stale device', () => {
  it('gets a new session from keys that are its own, and the message once more under its id', async () => {
    await send('first');
    once('POST', '/v1/messages', () =>
      problem(410, 'device-stale', { staleDevices: [{ account: ownPin(bob).account, deviceId: 1 }] }),
    );
    const sent = await send('second');
    expect(sent.state).toEqual({ kind: 'accepted' });
    expect(gateway.calls.filter(({ path }) => path === '/v1/key-bundles')).toHaveLength(2);
    const [, refused, repaired] = submitted();
    expect(repaired?.messageId).toBe(refused?.messageId);
    expect(boxesIn(repaired)).toHaveLength(1);
    expect(boxesIn(repaired)[0]?.box).not.toEqual(boxesIn(refused)[0]?.box);
  });
});
