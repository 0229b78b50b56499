import { describe, expect, it } from '@jest/globals';
import { encodeCbor, mintAccountId } from '@causeway/message-model';
import { seal } from './hpke.js';
import { generateKeyPair } from './key-pair.js';
import { openAddress, sealAddress, type SealedAddressContext } from './sealed-address.js';
import { sampleDevice, sampleTenant } from './testing/sample-ids.js';

const leg = generateKeyPair();
const context: SealedAddressContext = {
  tenant: sampleTenant(),
  region: 'eu-1',
  keyId: 'short-1',
  account: mintAccountId(),
  device: sampleDevice(1),
};
const e164 = '+4915112345678';
const sealedAddress = sealAddress({ context, legPublicKey: leg.publicKey, e164 });

const OTHER_CONTEXTS: readonly [string, SealedAddressContext][] = [
  ['tenant', { ...context, tenant: sampleTenant('other') }],
  ['region', { ...context, region: 'us-1' }],
  ['key id', { ...context, keyId: 'short-2' }],
  ['account', { ...context, account: mintAccountId() }],
  ['device', { ...context, device: sampleDevice(2) }],
];

describe('a sealed address', () => {
  it('opens to the number', () => {
    expect(openAddress({ context, legPrivateKey: leg.privateKey, sealedAddress })).toBe(e164);
  });

  it.each(OTHER_CONTEXTS)('does not open under another %s', (_field, other) => {
    expect(openAddress({ context: other, legPrivateKey: leg.privateKey, sealedAddress })).toBeUndefined();
  });

  it.each(['4915112345678', '+0', '+49 151', '', 'tel:+4915112345678', '+1234567890123456'])(
    'is refused when it holds %p',
    (text) => {
      const badAddress = sealAddress({ context, legPublicKey: leg.publicKey, e164: text });
      expect(openAddress({ context, legPrivateKey: leg.privateKey, sealedAddress: badAddress })).toBeUndefined();
    },
  );

  it('does not pass for a box of another purpose', () => {
    const aad = encodeCbor([context.tenant, context.region, context.keyId, context.account, context.device]);
    const box = seal(leg.publicKey, encodeCbor([e164]), { info: 'causeway-edge-leg-v1', aad });
    expect(openAddress({ context, legPrivateKey: leg.privateKey, sealedAddress: box })).toBeUndefined();
  });
});
