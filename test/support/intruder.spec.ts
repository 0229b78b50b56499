import { describe, expect, it } from '@jest/globals';
import { toWireJson } from '@causeway/api-contract';
import {
  mintAccountId,
  mintBoxId,
  mintContactId,
  mintConversationId,
  PRIMARY_DEVICE,
  toBytes,
} from '@causeway/message-model';
import { generateKeyPair, sealAddress, sealToDevice, sealToEdge } from '@causeway/signal-protocol';
import { Intruder, INTRUDER_DEVICE, TENANT } from './intruder.js';
import type { Heard } from './lying-gateway.js';
import { newMessageId } from './raw-device.js';

const intruder = new Intruder();
const account = mintAccountId();
const tenant = TENANT;
const words = toBytes(Buffer.from('words'));
const messageId = newMessageId();
const deliverBefore = 2_000_000_000;
const statement = { bytes: words, signature: toBytes(new Uint8Array(64)) };
const heard = (path: string, body: unknown): Heard => ({ method: 'POST', path, body: JSON.parse(toWireJson(body)) });

const deviceBox = (sealKey: Uint8Array): Heard => {
  const boxId = mintBoxId();
  const box = sealToDevice({
    context: { tenant, account, device: INTRUDER_DEVICE, sealKeyId: 1, boxId },
    sealPublicKey: sealKey,
    body: {
      leg: 'native',
      messageId,
      senderAccount: account,
      senderDevice: PRIMARY_DEVICE,
      signalType: 'message',
      signalMessage: words,
    },
  });
  const named = { deviceId: INTRUDER_DEVICE, registrationId: 99, sealKeyId: 1, boxId, box };
  const to = { kind: 'conversation', conversation: mintConversationId() };
  return heard('/v1/messages', {
    messageId,
    to,
    deliverBefore,
    body: { leg: 'native', planDigest: 'd', recipient: [named], sync: [] },
  });
};

const edgeBox = (legKey: Uint8Array): Heard => {
  const contact = mintContactId();
  const networks = ['sms'] as const;
  const box = sealToEdge({
    context: {
      tenant,
      region: 'local',
      keyId: 'day-1',
      messageId,
      senderAccount: account,
      senderDevice: PRIMARY_DEVICE,
      contactId: contact,
      networks,
      planDigest: 'd',
      deadline: deliverBefore,
    },
    legPublicKey: legKey,
    content: words,
    address: 'tel:+14155550123',
    identityKey: intruder.identity.publicKey,
    identityPrivateKey: intruder.identity.privateKey,
  });
  const to = { kind: 'contact', contact, conversation: mintConversationId() };
  const body = { leg: 'clear', planDigest: 'd', networks, keyId: 'day-1', box, statement, sync: [] };
  return heard('/v1/messages', { messageId, to, deliverBefore, body });
};

const address = (legKey: Uint8Array): Heard => {
  const context = { tenant, region: 'local', keyId: 'short-1', account, device: PRIMARY_DEVICE };
  return heard('/v1/contacts', {
    keyId: 'short-1',
    sealedAddress: sealAddress({ context, legPublicKey: legKey, e164: '+14155550123' }),
  });
};

describe('the intruder of the tests', () => {
  it('opens whatever is sealed to them, so a test that finds nothing means something', () => {
    const said = [deviceBox(intruder.seal.publicKey), edgeBox(intruder.leg.publicKey), address(intruder.leg.publicKey)];
    expect(intruder.opens(said, [mintAccountId(), account])).toEqual([
      'box for device 13',
      'box for the edge',
      'address',
    ]);
  });

  it('opens nothing that is sealed to anybody else', () => {
    const other = generateKeyPair().publicKey;
    expect(intruder.opens([deviceBox(other), edgeBox(other), address(other)], [account])).toEqual([]);
  });
});
