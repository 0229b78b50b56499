import { describe, expect, it } from '@jest/globals';
import { chooseLegKey, openEdgeBundle, signEdgeBundle, type EdgeBundle, type LegKey } from './edge-bundle.js';
import { generateKeyPair } from './key-pair.js';

const identity = generateKeyPair();
const { publicKey } = generateKeyPair();
const now = 1_800_000_000;
const legKey = (keyId: string, fields: Partial<LegKey>): LegKey => ({
  keyId,
  track: 'short',
  publicKey,
  sealFrom: now - 100,
  sealUntil: now + 440,
  destroyAt: now + 800,
  ...fields,
});
const current = legKey('current', {});
const next = legKey('next', { sealFrom: now + 200, sealUntil: now + 740, destroyAt: now + 1100 });
const day = legKey('day', { track: 'day', sealUntil: now + 7000, destroyAt: now + 93_500 });
const bundle: EdgeBundle = { region: 'eu-1', issuedAt: now, keys: [next, current, day] };
const choose = (deadline: number, at = now) => chooseLegKey(bundle, { deadline, now: at })?.keyId;

describe('an edge bundle', () => {
  it('opens under the pinned identity only', () => {
    const signed = signEdgeBundle(bundle, identity.privateKey);
    expect(openEdgeBundle(signed, identity.publicKey)).toEqual(bundle);
    expect(openEdgeBundle(signed, generateKeyPair().publicKey)).toBeUndefined();
    const older = signEdgeBundle({ ...bundle, issuedAt: now - 1 }, identity.privateKey);
    expect(openEdgeBundle({ bytes: older.bytes, signature: signed.signature }, identity.publicKey)).toBeUndefined();
  });

  it.each<[string, readonly LegKey[]]>([
    ['no key', []],
    ['a key id twice', [current, current]],
    ['a key that nobody can seal to', [legKey('x', { sealUntil: now - 100 })]],
    ['a key that is destroyed before sealing ends', [legKey('x', { destroyAt: now + 439 })]],
    ['a key that is no key', [legKey('x', { publicKey: new Uint8Array(33) })]],
    ['17 keys', Array.from({ length: 17 }, (_, index) => legKey(`key ${index}`, {}))],
  ])('is refused with %s', (_what, keys) => {
    expect(
      openEdgeBundle(signEdgeBundle({ ...bundle, keys }, identity.privateKey), identity.publicKey),
    ).toBeUndefined();
  });
});

describe('choosing a leg key', () => {
  it('takes track short for deadlines of up to 300 seconds and day for later ones', () => {
    expect(choose(now + 1)).toBe('current');
    expect(choose(now + 300)).toBe('current');
    expect(choose(now + 301)).toBe('day');
    expect(choose(now + 86_400)).toBe('day');
  });

  it('takes of two keys that fit the one that is destroyed first', () => {
    expect(choose(now + 600, now + 300)).toBe('current');
    expect(choose(now + 739, now + 439)).toBe('current');
    expect(choose(now + 740, now + 440)).toBe('next');
  });

  it('leaves a minute between deadline and destruction', () => {
    expect(choose(day.destroyAt - 60)).toBe('day');
    expect(choose(day.destroyAt - 59)).toBeUndefined();
  });

  it('finds none for a deadline that has passed, and none in a bundle that is too old or not yet valid', () => {
    expect(choose(now)).toBeUndefined();
    expect(choose(now + 1000, now + 740)).toBeUndefined();
    expect(choose(now - 50, now - 101)).toBeUndefined();
  });
});
