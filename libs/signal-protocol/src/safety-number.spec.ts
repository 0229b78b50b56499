import { describe, expect, it } from '@jest/globals';
import { generateKeyPair } from './key-pair.js';
import { safetyNumber } from './safety-number.js';

const alice = { address: 'mimi://a.example/u/alice', key: generateKeyPair().publicKey };
const bob = { address: 'mimi://b.example/u/bob', key: generateKeyPair().publicKey };
const between = (local: typeof alice, remote: typeof alice): string =>
  safetyNumber({
    localAddress: local.address,
    localAccountKey: local.key,
    remoteAddress: remote.address,
    remoteAccountKey: remote.key,
  });

describe('a safety number', () => {
  it('is the same 60 digits at both ends', () => {
    expect(between(alice, bob)).toMatch(/^[0-9]{60}$/);
    expect(between(bob, alice)).toBe(between(alice, bob));
  });

  it('changes with either key and either address', () => {
    const numbers = [
      between(alice, bob),
      between(alice, { ...bob, key: generateKeyPair().publicKey }),
      between({ ...alice, key: generateKeyPair().publicKey }, bob),
      between(alice, { ...bob, address: 'mimi://b.example/u/bobby' }),
    ];
    expect(new Set(numbers).size).toBe(4);
  });
});
