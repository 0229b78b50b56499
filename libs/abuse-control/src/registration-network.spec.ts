import { describe, expect, it } from '@jest/globals';
import { WEEK_MS } from './guard-store.js';
import { clustersIn, networkOfAddress, RegistrationNetworks } from './registration-network.js';
import { replayKeys } from './replay-keys.js';

const AT_MS = 3_000 * WEEK_MS + 1;

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', 'v4 cb0071'],
    ['203.0.113.255', 'v4 cb0071'],
    ['203.0.114.7', 'v4 cb0072'],
    ['::ffff:203.0.113.7', 'v4 cb0071'],
    ['::FFFF:cb00:7107', 'v4 cb0071'],
    ['0:0:0:0:0:ffff:203.0.113.7', 'v4 cb0071'],
    ['2001:db8:5:1::1', 'v6 20010db80005'],
    ['2001:0DB8:0005:ffff:1:2:3:4', 'v6 20010db80005'],
    ['2001:db8:5::203.0.113.7', 'v6 20010db80005'],
    ['2001:db8:6::', 'v6 20010db80006'],
    ['2001:db8::1', 'v6 20010db80000'],
  ])('of %s is %s', (address, network) => {
    expect(networkOfAddress(address)).toBe(network);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.1.1',
    '100.64.0.1',
    '100.127.255.255',
    '0.0.0.0',
    '255.255.255.255',
    '::ffff:127.0.0.1',
    '::ffff:192.168.1.1',
    '::1',
    '::',
    '::cb00:7107',
    'fe80::1',
    'fe80::1%eth0',
    '2001:db8::1%eth0',
    'fd00::1',
    'ff02::1',
    '64:ff9b::cb00:7107',
  ])('is nobody’s for %s, which many share or which never leaves a house', (address) => {
    expect(networkOfAddress(address)).toBeUndefined();
  });

  it.each([
    '',
    'unknown',
    '203.0.113',
    '203.0.113.7:443',
    '[2001:db8::1]',
    '203.0.113.7, 203.0.113.8',
    '1e3.1.1.1',
    ':::',
  ])('is none for %p', (text) => {
    expect(networkOfAddress(text)).toBeUndefined();
  });
});

describe('what is kept of it', () => {
  const networks = new RegistrationNetworks({ ...replayKeys(new Uint8Array(32)), turn: async () => undefined });
  const kept = async (address: string, atMs = AT_MS, tenant = 'town') => {
    const name = await networks.nameOf({ tenant, address, atMs });
    if (!name) throw new Error('not an address');
    return { ...name, clusters: clustersIn(name.names) };
  };

  it('is two names of 12 bytes each, the same for a network and others for another one or another tenant', async () => {
    const { names, clusters } = await kept('203.0.113.7');
    expect(names).toHaveLength(24);
    expect(new Set(clusters).size).toBe(2);
    expect((await kept('203.0.113.9')).clusters).toEqual(clusters);
    for (const other of [await kept('203.0.114.7'), await kept('203.0.113.7', AT_MS, 'village')])
      expect(other.clusters.filter((name) => clusters.includes(name))).toEqual([]);
  });

  it('is shared by who registered a week later, and by nobody after two', async () => {
    const { clusters } = await kept('203.0.113.7');
    const shared = async (weeks: number) =>
      (await kept('203.0.113.9', AT_MS + weeks * WEEK_MS)).clusters.filter((name) => clusters.includes(name));
    expect(await shared(1)).toEqual([clusters[0]]);
    expect(await shared(2)).toEqual([]);
  });

  it('ends when the key of its week is destroyed, 7 to 14 days later', async () => {
    expect((await kept('203.0.113.7')).endsAtMs - AT_MS).toBe(2 * WEEK_MS - 1);
    expect((await kept('203.0.113.7', AT_MS + WEEK_MS - 2)).endsAtMs - AT_MS).toBe(2 * WEEK_MS - 1);
  });
});
