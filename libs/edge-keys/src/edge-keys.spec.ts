import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  decodeCbor,
  encodeCbor,
  mintAccountId,
  parseDeviceId,
  parseTenantId,
  toBase64Url,
  utf8,
} from '@causeway/message-model';
import { ManualClock } from '@causeway/platform';
import {
  chooseLegKey,
  openAddress,
  openEdgeBundle,
  sealAddress,
  verify,
  type EdgeBundle,
  type LegKey,
  type SealedAddressContext,
} from '@causeway/signal-protocol';
import { z } from 'zod';
import { addressKeyIdOf } from './address-at-rest.js';
import { EdgeKeys } from './edge-keys.js';
import { NUMBER_PURPOSES } from './key-rules.js';
import { decodeKeyState, encodeKeyState } from './key-state.js';
import { makeKeyState } from './rotate-keys.js';
import { withTemporaryFolder } from './testing/temporary-folder.js';

const region = 'eu-1';
const e164 = '+4915112345678';
const tenant = parseTenantId('home') ?? raise();
const otherTenant = parseTenantId('other') ?? raise();

function raise(): never {
  throw new Error('a sample that its own parser refuses');
}

const nowOf = (clock: ManualClock): number => Math.floor(clock.nowMs() / 1000);

function bundleOf(keys: EdgeKeys): EdgeBundle {
  return openEdgeBundle(keys.bundle(), keys.identityPublicKey) ?? raise();
}

function choose(keys: EdgeKeys, clock: ManualClock, deadlineSeconds: number): LegKey {
  const now = nowOf(clock);
  return chooseLegKey(bundleOf(keys), { now, deadline: now + deadlineSeconds }) ?? raise();
}

const contextOf = (key: LegKey): SealedAddressContext => ({
  tenant,
  region,
  keyId: key.keyId,
  account: SENDER,
  device: parseDeviceId(1) ?? raise(),
});
const SENDER = mintAccountId();

const withKeys = (work: (keys: EdgeKeys, clock: ManualClock, folder: string) => Promise<void>) => () =>
  withTemporaryFolder(async (folder) => {
    const clock = new ManualClock();
    await work(await EdgeKeys.open({ folder, region, clock }), clock, folder);
  });

describe('EdgeKeys', () => {
  it(
    'counts a key that the bundle no longer offers as living until it is destroyed',
    withKeys(async (keys, clock) => {
      const { keyId, destroyAt } = choose(keys, clock, 23 * 3600);
      clock.advanceSeconds(2 * 3600);
      await keys.tick();
      expect(bundleOf(keys).keys.map((key) => key.keyId)).not.toContain(keyId);
      expect(keys.livingKeys()).toContainEqual({ keyId, destroyAt });
      clock.set(destroyAt * 1000);
      expect(keys.livingKeys().map((key) => key.keyId)).not.toContain(keyId);
    }),
  );

  it(
    'keeps identity, leg keys and number keys over a restart',
    withKeys(async (keys, clock, folder) => {
      const key = choose(keys, clock, 60);
      const again = await EdgeKeys.open({ folder, region, clock });
      expect(again.identityPublicKey).toEqual(keys.identityPublicKey);
      expect(again.legPrivateKey(key.keyId)).toEqual(keys.legPrivateKey(key.keyId));
      expect(again.numberDigest('contact', tenant, e164)).toEqual(keys.numberDigest('contact', tenant, e164));
      expect(bundleOf(again)).toEqual(bundleOf(keys));
    }),
  );

  it(
    'lists current and next key of both tracks',
    withKeys(async (keys, clock) => {
      clock.advanceSeconds(7 * 60);
      await keys.tick();
      const now = nowOf(clock);
      const tracks = bundleOf(keys).keys.map((key) => [key.track, key.sealFrom <= now ? 'current' : 'next']);
      expect(tracks).toEqual([
        ['short', 'current'],
        ['short', 'next'],
        ['day', 'current'],
        ['day', 'next'],
      ]);
    }),
  );

  it(
    'always has a usable key over two days, opens until destruction and never after, in the folder neither',
    withKeys(async (keys, clock, folder) => {
      const sealed: { key: LegKey; box: Uint8Array; privateKey: Uint8Array }[] = [];
      for (let minute = 0; minute < 2 * 24 * 60; minute += 4) {
        await keys.tick();
        for (const deadlineSeconds of [300, 86_400]) {
          const key = choose(keys, clock, deadlineSeconds);
          const privateKey = keys.legPrivateKey(key.keyId) ?? raise();
          const box = sealAddress({ context: contextOf(key), legPublicKey: key.publicKey, e164 });
          if (minute % 60 === 0) sealed.push({ key, box, privateKey });
        }
        clock.advanceSeconds(4 * 60);
      }
      const again = await EdgeKeys.open({ folder, region, clock });
      const now = nowOf(clock);
      for (const { key, box } of sealed) {
        const legPrivateKey = again.legPrivateKey(key.keyId);
        const opened = legPrivateKey && openAddress({ context: contextOf(key), legPrivateKey, sealedAddress: box });
        expect(opened).toBe(now < key.destroyAt ? e164 : undefined);
        expect(keys.legPrivateKey(key.keyId)).toEqual(legPrivateKey);
      }
      expect(sealed.filter(({ key }) => now >= key.destroyAt).length).toBeGreaterThan(50);
      const names = await readdir(folder);
      expect(names).toHaveLength(2);
      const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
      for (const { privateKey } of sealed)
        expect(files.some((file) => file.includes(Buffer.from(privateKey)))).toBe(false);
    }),
  );

  it(
    'gives no key out from its destruction on, also when no tick has run',
    withKeys(async (keys, clock) => {
      const key = choose(keys, clock, 60);
      clock.set((key.destroyAt - 1) * 1000);
      expect(keys.legPrivateKey(key.keyId)).toBeDefined();
      clock.set(key.destroyAt * 1000);
      expect(keys.legPrivateKey(key.keyId)).toBeUndefined();
      expect((await keys.tick()).destroyed).toContain(key.keyId);
      expect(keys.legKey(key.keyId)).toBeUndefined();
    }),
  );

  it(
    'cannot be opened again from a copy of the key file from before a key was destroyed',
    withKeys(async (keys, clock, folder) => {
      const key = choose(keys, clock, 60);
      const copy = await readFile(join(folder, 'keys.sealed'));
      clock.set(key.destroyAt * 1000);
      await keys.tick();
      await writeFile(join(folder, 'keys.sealed'), copy);
      await expect(EdgeKeys.open({ folder, region, clock })).rejects.toThrow('does not open');
    }),
  );

  it(
    'runs ticks and rotations that are asked for at once one after another',
    withKeys(async (keys, clock, folder) => {
      clock.advanceSeconds(3600);
      await Promise.all([keys.tick(), keys.tick(), keys.renewNumberKeys(), keys.renewNumberKeys()]);
      expect(keys.numberDigests('contact', tenant, e164).map(({ version }) => version)).toEqual([3, 2, 1]);
      const again = await EdgeKeys.open({ folder, region, clock });
      expect(again.numberDigests('contact', tenant, e164)).toEqual(keys.numberDigests('contact', tenant, e164));
      expect(await readdir(folder)).toHaveLength(2);
    }),
  );

  it(
    'refuses the folder of another region',
    withKeys(async (_keys, clock, folder) => {
      await expect(EdgeKeys.open({ folder, region: 'us-1', clock })).rejects.toThrow('region');
    }),
  );

  it(
    'signs with its identity',
    withKeys(async (keys) => {
      expect(verify(keys.identityPublicKey, utf8('x'), keys.sign(utf8('x')))).toBe(true);
    }),
  );
});

describe('number digests', () => {
  it(
    'differ by purpose, tenant, number and version, and by edge',
    withKeys(async (keys, clock) => {
      const digests = [
        keys.numberDigest('contact', tenant, e164),
        keys.numberDigest('binding', tenant, e164),
        keys.numberDigest('opt-out', tenant, e164),
        keys.numberDigest('link', tenant, e164),
        keys.numberDigest('contact', otherTenant, e164),
        keys.numberDigest('contact', tenant, '+4915112345679'),
      ];
      await keys.renewNumberKeys();
      digests.push(keys.numberDigest('contact', tenant, e164));
      await withTemporaryFolder(async (folder) => {
        const other = await EdgeKeys.open({ folder, region, clock });
        digests.push(other.numberDigest('contact', tenant, e164));
      });
      expect(new Set(digests.map(({ digest }) => toBase64Url(digest))).size).toBe(digests.length);
    }),
  );

  it(
    'are made under both versions until the old one is destroyed',
    withKeys(async (keys) => {
      const old = keys.numberDigest('link', tenant, e164);
      await keys.renewNumberKeys();
      expect(keys.numberDigests('link', tenant, e164)).toEqual([keys.numberDigest('link', tenant, e164), old]);
      await keys.destroyOldNumberKeys('link');
      expect(keys.numberDigests('link', tenant, e164)).toEqual([keys.numberDigest('link', tenant, e164)]);
      expect(keys.numberDigests('contact', tenant, e164)).toHaveLength(2);
    }),
  );
});

const part = z.unknown();
const storedForm = z.tuple([part, part, part, part, part, part, z.array(z.tuple([part, part, part, part]))]);

describe('number keys', () => {
  it(
    'are renewed every year, for every purpose, and their older versions counted as replaced once no edge was lent them',
    withKeys(async (keys, clock) => {
      const before = keys.numberDigest('opt-out', tenant, e164);
      clock.advanceSeconds(364 * 86_400);
      await keys.tick();
      expect(keys.numberDigest('opt-out', tenant, e164)).toEqual(before);
      clock.advanceSeconds(86_400);
      await keys.tick();
      expect(keys.numberVersion).toBe(2);
      for (const purpose of NUMBER_PURPOSES) expect(keys.numberDigest(purpose, tenant, e164).version).toBe(2);
      expect(keys.replacedNumberPurposes).toEqual([]);
      clock.advanceSeconds(600);
      expect(keys.replacedNumberPurposes).toEqual(NUMBER_PURPOSES);
      expect(await keys.destroyOldNumberKeys('opt-out')).toEqual(['number-opt-out-1']);
      expect(keys.replacedNumberPurposes).toEqual(NUMBER_PURPOSES.filter((purpose) => purpose !== 'opt-out'));
    }),
  );

  it('of a file from before they had a date are taken as they are, and for old', () => {
    const state = makeKeyState(region, 1_800_000_000);
    const dated = storedForm.parse(decodeCbor(encodeKeyState(state)));
    const rows = dated[6].map(([purpose, version, secret]) => [purpose, version, secret]);
    const undated = encodeCbor(['causeway-edge-keys-v1', ...dated.slice(1, 6), rows]);
    const numberKeys = state.numberKeys.map((key) => ({ ...key, madeAt: 0 }));
    expect(decodeKeyState(undated)).toEqual({ ...state, numberKeys });
  });
});

describe('addresses at rest', () => {
  it(
    'open under their AAD only, before and after a new key was made, until theirs is destroyed',
    withKeys(async (keys, clock) => {
      const aad = utf8('tenant and contact');
      const sealed = keys.sealAtRest(utf8(e164), aad);
      const oldKeyId = addressKeyIdOf(sealed) ?? raise();
      expect(keys.openAtRest(sealed, utf8('another contact'))).toBeUndefined();
      expect(await keys.destroyAddressKey(oldKeyId)).toBe('in-use');
      clock.advanceSeconds(30 * 86_400);
      await keys.tick();
      expect(keys.replacedAddressKeyIds).toEqual([]);
      clock.advanceSeconds(600);
      expect(keys.replacedAddressKeyIds).toEqual([oldKeyId]);
      const resealed = keys.sealAtRest(keys.openAtRest(sealed, aad) ?? raise(), aad);
      expect(addressKeyIdOf(resealed)).not.toBe(oldKeyId);
      expect(await keys.destroyAddressKey(oldKeyId)).toBe('destroyed');
      expect(await keys.destroyAddressKey(oldKeyId)).toBe('unknown');
      expect(keys.openAtRest(sealed, aad)).toBeUndefined();
      expect(keys.openAtRest(resealed, aad)).toEqual(utf8(e164));
    }),
  );

  it(
    'do not open with any byte changed',
    withKeys(async (keys) => {
      const sealed = keys.sealAtRest(utf8(e164), utf8('aad'));
      for (let position = 0; position < sealed.length; position++) {
        const other = sealed.slice();
        other.set([(other.at(position) ?? 0) ^ 1], position);
        expect(keys.openAtRest(other, utf8('aad'))).toBeUndefined();
        expect(keys.openAtRest(sealed.slice(0, position), utf8('aad'))).toBeUndefined();
      }
    }),
  );
});
