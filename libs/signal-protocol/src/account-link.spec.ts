import { describe, expect, it } from '@jest/globals';
import { encodeCbor, mintAccountId, parseTenantId, toBytes, type Bytes } from '@causeway/message-model';
import {
  ACCOUNT_LINK_SECONDS,
  checkAccountLink,
  encodeAccountLink,
  parseAccountLink,
  signAccountLink,
  type AccountLink,
  type LinkedParty,
  type SignedAccountLink,
} from './account-link.js';
import { generateKeyPair, type KeyPair } from './key-pair.js';
import { sampleDevice } from './testing/sample-ids.js';

const NOW = 1_800_000_000;
const tenant = parseTenantId('default') ?? unreachable();
const nonce = toBytes(new Uint8Array(16).fill(7));

interface Party extends LinkedParty {
  readonly accountKey: Bytes;
  readonly identities: readonly KeyPair[];
}

/** An account with two devices. */
function party(address: string): Party {
  const identities = [generateKeyPair(), generateKeyPair()];
  const devices = identities.map(({ publicKey: identityKey }, index) => ({
    deviceId: sampleDevice(index + 1),
    registrationId: 1,
    identityKey,
    sealKeyId: 1,
    sealKey: identityKey,
    sealKeyNotAfter: NOW,
  }));
  const list = { account: mintAccountId(), address, version: 1, createdAt: NOW, devices };
  return { accountKey: generateKeyPair().publicKey, list, identities };
}

const granted = party('mimi://messenger.example/u/kim');
const other = party('mimi://direct.example/u/kim');
const stranger = party('mimi://direct.example/u/eve');

const link: AccountLink = {
  tenant,
  account: other.list.account,
  accountKey: other.accountKey,
  device: sampleDevice(1),
  address: other.list.address,
  linkedAddress: granted.list.address,
  createdAt: NOW - 60,
  notAfter: NOW + 3600,
  nonce,
};
const facts = { tenant, offering: other, accepting: granted, now: NOW };

/** Signed by the first device of the one and the second of the other, unless said otherwise. */
function signed(
  changed: Partial<AccountLink> = {},
  by: { readonly offering?: KeyPair | undefined; readonly accepting?: KeyPair | undefined } = {},
): SignedAccountLink {
  const document = encodeAccountLink({ ...link, ...changed });
  const [offering, accepting] = [by.offering ?? other.identities[0], by.accepting ?? granted.identities[1]];
  const with_ = (keys: KeyPair | undefined): Bytes => signAccountLink(document, keys?.privateKey ?? unreachable());
  return { document, offered: with_(offering), accepted: with_(accepting) };
}

describe('a link of two accounts', () => {
  it('holds between the two that it names, under a signature of a device of each', () => {
    expect(checkAccountLink(signed(), facts)).toEqual(link);
  });

  it.each<[string, Partial<AccountLink>]>([
    ['another tenant', { tenant: parseTenantId('elsewhere') ?? unreachable() }],
    ['another account', { account: stranger.list.account }],
    ['the granted account itself', { account: granted.list.account }],
    ['another account key', { accountKey: stranger.accountKey }],
    ['another device of that account', { device: sampleDevice(2) }],
    ['another address', { address: stranger.list.address }],
    ['somebody else it is offered to', { linkedAddress: stranger.list.address }],
    ['a time that has not come', { createdAt: NOW + 301, notAfter: NOW + 3600 }],
    ['an end that has passed', { notAfter: NOW }],
    ['a time longer than a year', { notAfter: link.createdAt + ACCOUNT_LINK_SECONDS + 1 }],
    ['an end before it began', { createdAt: NOW, notAfter: NOW - 1 }],
  ])('does not hold when it names %s, though both signed that', (_, changed) => {
    expect(checkAccountLink(signed(changed), facts)).toBeUndefined();
  });

  it.each<[string, Partial<AccountLink>]>([
    ['tenant', { tenant: parseTenantId('elsewhere') ?? unreachable() }],
    ['account', { account: stranger.list.account }],
    ['account key', { accountKey: stranger.accountKey }],
    ['device', { device: sampleDevice(2) }],
    ['address', { address: stranger.list.address }],
    ['address it is offered to', { linkedAddress: stranger.list.address }],
    ['time', { createdAt: link.createdAt + 1 }],
    ['end', { notAfter: link.notAfter + 1 }],
    ['nonce', { nonce: toBytes(new Uint8Array(16)) }],
  ])('does not hold when its %s was altered after both signed', (_, altered) => {
    const { offered, accepted } = signed();
    const document = encodeAccountLink({ ...link, ...altered });
    expect(parseAccountLink(document)).toEqual({ ...link, ...altered });
    expect(checkAccountLink({ document, offered, accepted }, facts)).toBeUndefined();
  });

  it.each<[string, SignedAccountLink]>([
    ['a stranger offered', signed({}, { offering: stranger.identities[0] })],
    ['a stranger accepted', signed({}, { accepting: stranger.identities[0] })],
    ['the one that offered accepted for the other', signed({}, { accepting: other.identities[1] })],
    ['a signature is cut', { ...signed(), accepted: toBytes(signed().accepted.subarray(1)) }],
    ['the signatures are exchanged', exchanged(signed())],
  ])('does not hold when %s', (_, forged) => {
    expect(checkAccountLink(forged, facts)).toBeUndefined();
  });

  it('ends with the device that signed it', () => {
    const withoutFirst = (one: Party): Party => ({ ...one, list: { ...one.list, devices: one.list.devices.slice(1) } });
    const withoutLast = (one: Party): Party => ({
      ...one,
      list: { ...one.list, devices: one.list.devices.slice(0, 1) },
    });
    expect(checkAccountLink(signed(), { ...facts, offering: withoutFirst(other) })).toBeUndefined();
    expect(checkAccountLink(signed(), { ...facts, accepting: withoutLast(granted) })).toBeUndefined();
    expect(checkAccountLink(signed(), { ...facts, offering: withoutLast(other) })).toEqual(link);
    expect(checkAccountLink(signed(), { ...facts, accepting: withoutFirst(granted) })).toEqual(link);
  });

  it('is not shown under the key or the list of another account', () => {
    expect(checkAccountLink(signed(), { ...facts, offering: stranger })).toBeUndefined();
    expect(
      checkAccountLink(signed(), { ...facts, offering: { ...other, accountKey: stranger.accountKey } }),
    ).toBeUndefined();
    expect(checkAccountLink(signed(), { ...facts, accepting: stranger })).toBeUndefined();
    expect(checkAccountLink(signed(), { ...facts, offering: granted, accepting: other })).toBeUndefined();
  });

  it('is no other document', () => {
    const fields = [tenant, link.account, link.accountKey, 1, link.address, link.linkedAddress, NOW, NOW + 1, nonce];
    expect(parseAccountLink(encodeCbor(['causeway-account-link-v2', ...fields]))).toBeDefined();
    expect(parseAccountLink(encodeCbor(['causeway-account-link-v1', ...fields]))).toBeUndefined();
    expect(parseAccountLink(encodeCbor(['causeway-account-link-v2', ...fields, 'more']))).toBeUndefined();
    expect(parseAccountLink(encodeCbor(['causeway-account-link-v2', ...fields.slice(0, -1)]))).toBeUndefined();
  });
});

function exchanged({ document, offered, accepted }: SignedAccountLink): SignedAccountLink {
  return { document, offered: accepted, accepted: offered };
}

function unreachable(): never {
  throw new Error('a fixture is not valid');
}
