import { describe, expect, it } from '@jest/globals';
import {
  CausewayError,
  mintAccountId,
  mintBoxId,
  mintContactId,
  mintConversationId,
  utf8,
} from '@causeway/message-model';
import fc from 'fast-check';
import { signClearInbound, verifyClearInbound, type UnsignedClearBody } from './clear-inbound.js';
import { openAtDevice, sealToDevice, type ClearBody, type DeviceBoxContext, type NativeBody } from './device-box.js';
import { generateKeyPair, sign } from './key-pair.js';
import { sampleDevice, sampleMessageId, sampleTenant } from './testing/sample-ids.js';

const sealPair = generateKeyPair();
const context: DeviceBoxContext = {
  tenant: sampleTenant(),
  account: mintAccountId(),
  device: sampleDevice(1),
  sealKeyId: 3,
  boxId: mintBoxId(),
};
const OTHER_CONTEXTS: readonly [string, DeviceBoxContext][] = [
  ['tenant', { ...context, tenant: sampleTenant('other') }],
  ['account', { ...context, account: mintAccountId() }],
  ['device', { ...context, device: sampleDevice(2) }],
  ['seal key id', { ...context, sealKeyId: 4 }],
  ['box id', { ...context, boxId: mintBoxId() }],
];
const nativeBody = (signalMessage: Uint8Array<ArrayBuffer>): NativeBody => ({
  leg: 'native',
  messageId: sampleMessageId(),
  senderAccount: mintAccountId(),
  senderDevice: sampleDevice(7),
  signalType: 'pre-key',
  signalMessage,
});

const edgePair = generateKeyPair();
const edge = {
  identityPublicKey: edgePair.publicKey,
  sign: (message: Uint8Array) => sign(edgePair.privateKey, message),
};
const unsigned: UnsignedClearBody = {
  leg: 'clear',
  messageId: sampleMessageId(),
  network: 'sms',
  contactId: mintContactId(),
  conversationId: mintConversationId(),
  bridgeNumber: '+4915112345678',
  senderUri: 'tel:+4915187654321',
  receivedAt: 1_800_000_000_123,
  content: utf8('words'),
};

describe('a box to a device', () => {
  it('opens to the native body that was sealed, whatever its message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4000 }), (message) => {
        const body = nativeBody(new Uint8Array(message));
        const box = sealToDevice({ context, sealPublicKey: sealPair.publicKey, body });
        expect(openAtDevice({ context, sealPrivateKey: sealPair.privateKey, box })).toEqual(body);
      }),
      { numRuns: 50 },
    );
  });

  it('takes a Signal message of 76 KiB, below the 80 KiB of one box, and none larger', () => {
    const body = nativeBody(new Uint8Array(76 * 1024));
    const box = sealToDevice({ context, sealPublicKey: sealPair.publicKey, body });
    expect(box.length).toBeLessThan(80 * 1024);
    expect(openAtDevice({ context, sealPrivateKey: sealPair.privateKey, box })).toEqual(body);
    const larger = nativeBody(new Uint8Array(76 * 1024 + 1));
    expect(() => sealToDevice({ context, sealPublicKey: sealPair.publicKey, body: larger })).toThrow(CausewayError);
  });

  it.each(OTHER_CONTEXTS)('does not open under another %s', (_field, other) => {
    const box = sealToDevice({ context, sealPublicKey: sealPair.publicKey, body: nativeBody(utf8('x')) });
    expect(openAtDevice({ context, sealPrivateKey: sealPair.privateKey, box })).toBeDefined();
    expect(openAtDevice({ context: other, sealPrivateKey: sealPair.privateKey, box })).toBeUndefined();
  });

  it('never throws and never opens for bytes nobody sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (box) => {
        expect(openAtDevice({ context, sealPrivateKey: sealPair.privateKey, box })).toBeUndefined();
      }),
    );
  });

  it('carries a clear body whose edge signature verifies', () => {
    const body = signClearInbound({ context, body: unsigned, edge });
    const box = sealToDevice({ context, sealPublicKey: sealPair.publicKey, body });
    const opened = openAtDevice({ context, sealPrivateKey: sealPair.privateKey, box });
    expect(opened).toEqual(body);
    expect(opened?.leg === 'clear' && verifyClearInbound(opened, context, edge.identityPublicKey)).toBe(true);
  });

  const signed = signClearInbound({ context, body: unsigned, edge });
  const otherBodies: readonly [string, ClearBody][] = [
    ['message id', { ...signed, messageId: sampleMessageId() }],
    ['network', { ...signed, network: 'rcs' }],
    ['contact', { ...signed, contactId: mintContactId() }],
    ['conversation', { ...signed, conversationId: mintConversationId() }],
    ['bridge number', { ...signed, bridgeNumber: '+4915100000000' }],
    ['sender', { ...signed, senderUri: 'tel:+4915100000000' }],
    ['time', { ...signed, receivedAt: signed.receivedAt + 1 }],
    ['content', { ...signed, content: utf8('other words') }],
  ];
  it.each(otherBodies)('has an edge signature that does not verify for another %s', (_field, body) => {
    expect(verifyClearInbound(signed, context, edge.identityPublicKey)).toBe(true);
    expect(verifyClearInbound(body, context, edge.identityPublicKey)).toBe(false);
  });

  it.each(OTHER_CONTEXTS)('has an edge signature that does not verify in a box of another %s', (_field, other) => {
    expect(verifyClearInbound(signed, other, edge.identityPublicKey)).toBe(false);
  });

  it('has an edge signature that only the pinned edge identity can make', () => {
    const stranger = generateKeyPair();
    const forged = signClearInbound({
      context,
      body: unsigned,
      edge: { identityPublicKey: stranger.publicKey, sign: (message) => sign(stranger.privateKey, message) },
    });
    expect(verifyClearInbound(forged, context, edge.identityPublicKey)).toBe(false);
    const misnamed = { ...signed, edgeIdentity: stranger.publicKey };
    expect(verifyClearInbound(misnamed, context, edge.identityPublicKey)).toBe(false);
    const renamed = { ...forged, edgeIdentity: edge.identityPublicKey };
    expect(verifyClearInbound(renamed, context, edge.identityPublicKey)).toBe(false);
  });
});
