import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mintAccountId, parseDeviceId, parseTenantId } from '@causeway/message-model';
import { loadConfig, ManualClock } from '@causeway/platform';
import { openAddress, openEdgeBundle, sealAddress } from '@causeway/signal-protocol';
import { EdgeKeys } from './edge-keys.js';
import { CACHE_SECONDS } from './key-rules.js';
import { openKeyProvider } from './provider/open-key-provider.js';
import type { KeyProvider } from './provider/key-provider.js';
import { canRunSoftHsm, startSoftHsm } from '../../../test/support/softhsm.js';

function raise(): never {
  throw new Error('a sample that its own parser refuses');
}

const tenant = parseTenantId('home') ?? raise();
const region = 'eu-1';
const away = expect.objectContaining({ code: 'unavailable' });

interface Subject {
  readonly folder: string;
  readonly provider: KeyProvider;
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
  remove(): Promise<void>;
}

async function overFiles(): Promise<Subject> {
  const parent = await mkdtemp(join(tmpdir(), 'causeway-custody-'));
  const folder = join(parent, 'keys');
  return {
    folder,
    provider: await openKeyProvider(loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: folder })),
    takeAway: () => rename(folder, join(parent, 'away')),
    bringBack: () => rename(join(parent, 'away'), folder),
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}

async function overModule(): Promise<Subject> {
  const parent = await mkdtemp(join(tmpdir(), 'causeway-custody-'));
  const folder = join(parent, 'keys');
  const { settings, takeAway, bringBack, remove } = await startSoftHsm();
  return {
    folder,
    provider: await openKeyProvider({ keyProvider: 'pkcs11', edgeKeyFolder: folder, ...settings }),
    takeAway,
    bringBack,
    remove: async () => {
      await remove();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

const SUBJECTS = [
  ['files', overFiles],
  ...(canRunSoftHsm() ? [['a hardware module', overModule] as const] : []),
] as const;

describe.each(SUBJECTS)('the keys of an edge in the custody of %s', (_name, open) => {
  let subject: Subject;
  let clock: ManualClock;
  let uptimeMs: number;
  let keys: EdgeKeys;
  const openKeys = () =>
    EdgeKeys.open({
      folder: subject.folder,
      provider: subject.provider,
      tenant,
      region,
      clock,
      monotonicMs: () => uptimeMs,
    });
  const pass = (seconds: number): void => {
    clock.advanceSeconds(seconds);
    uptimeMs += seconds * 1000;
  };

  beforeEach(async () => {
    subject = await open();
    clock = new ManualClock();
    uptimeMs = 0;
    keys = await openKeys();
  }, 300_000);
  afterEach(async () => {
    await keys.close();
    await subject.provider.close();
    await subject.remove();
  });

  it('open again under the same identity', async () => {
    const identity = keys.identityPublicKey.slice();
    await keys.close();
    keys = await openKeys();
    expect(keys.identityPublicKey).toEqual(identity);
  });

  it('are gone from memory five minutes after their provider went away, and come back with it by themselves', async () => {
    const identity = keys.identityPublicKey.slice();
    await subject.takeAway();
    pass(CACHE_SECONDS - 1);
    await expect(keys.tick()).rejects.toEqual(away);
    expect(keys.identityPublicKey).toEqual(identity);
    pass(1);
    for (const use of [() => keys.identityPublicKey, () => keys.bundle(), () => keys.livingKeys()])
      expect(use).toThrow(away);
    await expect(keys.tick()).rejects.toEqual(away);
    await subject.bringBack();
    await keys.tick();
    expect(keys.identityPublicKey).toEqual(identity);
    expect(keys.bundle().bytes.length).toBeGreaterThan(0);
  });

  it('stay while the provider unwraps them again', async () => {
    for (let minute = 0; minute < 20; minute += 1) {
      pass(60);
      await keys.tick();
      expect(keys.livingKeys().length).toBeGreaterThan(0);
    }
  });

  it('are whole when the provider went away in the middle of their turning', async () => {
    await subject.takeAway();
    pass(299);
    await expect(keys.tick()).rejects.toEqual(away);
    await subject.bringBack();
    pass(7200);
    await keys.tick();
    expect(bundleKeys(keys)).toHaveLength(4);
    await keys.close();
    keys = await openKeys();
    expect(bundleKeys(keys)).toHaveLength(4);
  });

  it('are turned under load without one box that does not open', async () => {
    const over = new AbortController();
    let opened = 0;
    const refused: unknown[] = [];
    const [account, device] = [mintAccountId(), parseDeviceId(1) ?? raise()];
    const sender = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const leg = bundleKeys(keys).find(({ track }) => track === 'day') ?? raise();
        const context = { tenant, region, keyId: leg.keyId, account, device };
        const sealedAddress = sealAddress({ context, legPublicKey: leg.publicKey, e164: '+4915112345678' });
        await new Promise((resolve) => setImmediate(resolve));
        const legPrivateKey = await keys.findLegPrivateKey(leg.keyId);
        const words = legPrivateKey && openAddress({ context, legPrivateKey, sealedAddress });
        if (words === undefined) refused.push(leg.keyId);
        opened += 1;
      }
    };
    const senders = [sender(), sender(), sender()];
    for (let turn = 0; turn < 12; turn += 1) {
      clock.advanceSeconds(300);
      uptimeMs += 61_000;
      const { made } = await keys.tick();
      expect(made.length).toBeGreaterThan(0);
      await keys.renewNumberKeys();
    }
    over.abort();
    await Promise.all(senders);
    expect(refused).toEqual([]);
    expect(opened).toBeGreaterThan(12);
  });
});

const bundleKeys = (keys: EdgeKeys) => (openEdgeBundle(keys.bundle(), keys.identityPublicKey) ?? raise()).keys;
