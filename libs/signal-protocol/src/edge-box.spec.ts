import { describe, expect, it } from '@jest/globals';
import { CausewayError, encodeCbor, mintAccountId, mintContactId, utf8 } from '@causeway/message-model';
import fc from 'fast-check';
import { openAtEdge, sealToEdge, type EdgeBoxContext } from './edge-box.js';
import { seal } from './hpke.js';
import { generateKeyPair } from './key-pair.js';
import { sampleDevice, sampleMessageId, sampleTenant } from './testing/sample-ids.js';

const leg = generateKeyPair();
const identity = generateKeyPair();
const context: EdgeBoxContext = {
  tenant: sampleTenant(),
  region: 'eu-1',
  keyId: 'short-1',
  messageId: sampleMessageId(),
  senderAccount: mintAccountId(),
  senderDevice: sampleDevice(1),
  contactId: mintContactId(),
  networks: ['rcs', 'sms'],
  planDigest: 'plan',
  deadline: 1_800_000_000,
};
const sealed = (content: Uint8Array, address = 'tel:+4915112345678') =>
  sealToEdge({
    context,
    legPublicKey: leg.publicKey,
    content,
    address,
    identityKey: identity.publicKey,
    identityPrivateKey: identity.privateKey,
  });

const OTHER_CONTEXTS: readonly [string, EdgeBoxContext][] = [
  ['tenant', { ...context, tenant: sampleTenant('other') }],
  ['region', { ...context, region: 'us-1' }],
  ['key id', { ...context, keyId: 'short-2' }],
  ['message id', { ...context, messageId: sampleMessageId() }],
  ['sender account', { ...context, senderAccount: mintAccountId() }],
  ['sender device', { ...context, senderDevice: sampleDevice(2) }],
  ['contact', { ...context, contactId: mintContactId() }],
  ['order of networks', { ...context, networks: ['sms', 'rcs'] }],
  ['number of networks', { ...context, networks: ['rcs'] }],
  ['plan digest', { ...context, planDigest: 'other' }],
  ['deadline', { ...context, deadline: context.deadline + 1 }],
];

describe('a box to the edge', () => {
  it('opens to what was sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4000 }), (content) => {
        const opened = openAtEdge({ context, legPrivateKey: leg.privateKey, box: sealed(content) });
        expect(opened).toEqual({
          content: new Uint8Array(content),
          address: 'tel:+4915112345678',
          identityKey: identity.publicKey,
          permissionSecret: new Uint8Array(0),
        });
      }),
      { numRuns: 50 },
    );
  });

  it('takes content of 72 KiB and none larger', () => {
    const largest = new Uint8Array(72 * 1024);
    const opened = openAtEdge({ context, legPrivateKey: leg.privateKey, box: sealed(largest) });
    expect(opened?.content).toEqual(largest);
    expect(() => sealed(new Uint8Array(72 * 1024 + 1))).toThrow(CausewayError);
  });

  it.each(OTHER_CONTEXTS)('does not open under another %s', (_field, other) => {
    const box = sealed(utf8('hello'));
    expect(openAtEdge({ context, legPrivateKey: leg.privateKey, box })).toBeDefined();
    expect(openAtEdge({ context: other, legPrivateKey: leg.privateKey, box })).toBeUndefined();
  });

  it('does not open with another key, or with any byte changed, added or missing', () => {
    const box = sealed(utf8('hello'));
    expect(openAtEdge({ context, legPrivateKey: generateKeyPair().privateKey, box })).toBeUndefined();
    expect(openAtEdge({ context, legPrivateKey: new Uint8Array(3), box })).toBeUndefined();
    for (let position = 0; position < box.length; position++) {
      const other = box.slice();
      other.set([(other.at(position) ?? 0) ^ 0x40], position);
      expect(openAtEdge({ context, legPrivateKey: leg.privateKey, box: other })).toBeUndefined();
      expect(openAtEdge({ context, legPrivateKey: leg.privateKey, box: box.slice(0, position) })).toBeUndefined();
    }
  });

  it('does not open when another identity than the one inside signed it', () => {
    const box = sealToEdge({
      context,
      legPublicKey: leg.publicKey,
      content: utf8('hello'),
      address: 'tel:+4915112345678',
      identityKey: generateKeyPair().publicKey,
      identityPrivateKey: identity.privateKey,
    });
    expect(openAtEdge({ context, legPrivateKey: leg.privateKey, box })).toBeUndefined();
  });

  it('does not open when the sealed body has another form', () => {
    const aad = encodeCbor([
      context.tenant,
      context.region,
      context.keyId,
      context.messageId,
      context.senderAccount,
      context.senderDevice,
      context.contactId,
      context.networks,
      context.planDigest,
      context.deadline,
    ]);
    const bodies = [{}, [], ['x'], [utf8('c'), 'tel:+1', identity.publicKey, new Uint8Array(63)], 7, null];
    for (const body of bodies) {
      const box = seal(leg.publicKey, encodeCbor(body), { info: 'causeway-edge-leg-v1', aad });
      expect(openAtEdge({ context, legPrivateKey: leg.privateKey, box })).toBeUndefined();
    }
  });
});
