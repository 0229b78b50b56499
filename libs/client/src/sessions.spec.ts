import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  encodeContent,
  messageIdOf,
  mintConversationId,
  PRIMARY_DEVICE,
  textContent,
  type ConversationId,
} from '@causeway/message-model';
import { generateKeyPair } from '@causeway/signal-protocol';
import { RECORDS } from './records.js';
import { recipientsOf, sealForDevices, startSession, type Recipient } from './sessions.js';
import { TestDevice } from './testing/test-device.js';
import { TrustError } from './trust-error.js';

const URIS = { senderUri: 'mimi://causeway.local/u/ada', roomUri: 'mimi://causeway.local/r/r' };
let ada: TestDevice;
let bob: TestDevice;
let conversation: ConversationId;
let recipient: Recipient;
const messageId = messageIdOf({ content: encodeContent(textContent({ text: 'x', ...URIS })), ...URIS });

beforeEach(async () => {
  [ada, bob] = await Promise.all([TestDevice.make('ada'), TestDevice.make('bob')]);
  conversation = mintConversationId();
  await ada.knows(bob, conversation);
  const [first] = recipientsOf(bob.context.own.current.list);
  if (!first) throw new Error('no recipient');
  recipient = first;
});
afterEach(() => Promise.all([ada.dispose(), bob.dispose()]));

describe('a session', () => {
  it('is not started with an identity key that is not the listed one', async () => {
    const intruder = { ...bob.takeBundle(), identityKey: generateKeyPair().publicKey };
    const started = ada.context.store.unit((unit) => startSession(unit, ada.context.own.current, recipient, intruder));
    await expect(started).rejects.toThrow(TrustError);
    await expect(started).rejects.toMatchObject({ reason: 'bundle-identity' });
  });

  it('is not started with pre-keys the listed device did not sign', async () => {
    const eve = await TestDevice.make('eve');
    const { identityKey, registrationId } = bob.keys;
    const mixed = { ...eve.takeBundle(), identityKey, registrationId };
    const started = ada.context.store.unit((unit) => startSession(unit, ada.context.own.current, recipient, mixed));
    await expect(started).rejects.toMatchObject({ reason: 'bundle-signature' });
    await eve.dispose();
  });

  it('serves no longer when the device left the verified list', async () => {
    await ada.seal(bob, conversation, 'hello');
    const eve = await TestDevice.make('eve');
    const pin = { ...eve.context.own.current.list, account: bob.context.own.current.account };
    await ada.context.store.unit(async (unit) => {
      const peer = await unit.get(RECORDS.peer, bob.address);
      if (peer) unit.put(RECORDS.peer, bob.address, { ...peer, pin });
    });
    const outcome = await ada.context.store.unit((unit) =>
      sealForDevices(unit, {
        self: ada.context.own.current,
        messageId,
        plaintext: new Uint8Array(1),
        recipients: [recipient],
      }),
    );
    expect(outcome.kind).toBe('sessions-needed');
    await eve.dispose();
  });

  it('encrypts to nobody before it can encrypt to everybody', async () => {
    await ada.seal(bob, conversation, 'hello');
    const other: Recipient = { ...recipient, device: { ...recipient.device, deviceId: PRIMARY_DEVICE } };
    const absent: Recipient = { ...other, account: ada.context.own.current.account };
    const before = await ada.context.store.unit((unit) => unit.list(RECORDS.peer));
    const outcome = await ada.context.store.unit((unit) =>
      sealForDevices(unit, {
        self: ada.context.own.current,
        messageId,
        plaintext: new Uint8Array(1),
        recipients: [recipient, absent],
      }),
    );
    expect(outcome).toMatchObject({ kind: 'sessions-needed', recipients: [absent] });
    expect(before).toHaveLength(1);
  });
});
