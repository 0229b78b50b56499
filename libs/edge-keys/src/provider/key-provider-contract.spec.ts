import { chmod, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { utf8 } from '@causeway/message-model';
import { loadConfig } from '@causeway/platform';
import fc from 'fast-check';
import { canRunSoftHsm, startSoftHsm } from '../../../../test/support/softhsm.js';
import { openKeyProvider } from './open-key-provider.js';
import { wrappingKeyIdOf, type KeyContext, type KeyProvider } from './key-provider.js';

interface Subject {
  readonly provider: KeyProvider;
  /** Everything at rest in the provider's own files. */
  atRest(): Promise<Buffer>;
  takeAway(): Promise<void>;
  bringBack(): Promise<void>;
  remove(): Promise<void>;
}

const CONTEXT: KeyContext = { tenant: 'home', region: 'eu-1', purpose: 'keys', version: 3 };
const OTHERS: readonly (readonly [string, Partial<KeyContext>])[] = [
  ['tenant', { tenant: 'other' }],
  ['region', { region: 'us-1' }],
  ['purpose', { purpose: 'secret' }],
  ['version', { version: 2 }],
];

async function overFiles(): Promise<Subject> {
  const parent = await mkdtemp(join(tmpdir(), 'causeway-provider-'));
  const [folder, away] = [join(parent, 'keys'), join(parent, 'away')];
  return {
    provider: await openKeyProvider(loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: folder })),
    atRest: async () =>
      Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))),
    takeAway: () => rename(folder, away),
    bringBack: () => rename(away, folder),
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}

async function overModule(): Promise<Subject> {
  const parent = await mkdtemp(join(tmpdir(), 'causeway-provider-'));
  const { settings, takeAway, bringBack, remove } = await startSoftHsm();
  const edgeKeyFolder = join(parent, 'keys');
  return {
    provider: await openKeyProvider({ keyProvider: 'pkcs11', edgeKeyFolder, ...settings }),
    atRest: async () =>
      Buffer.concat(
        await Promise.all((await readdir(edgeKeyFolder)).map((name) => readFile(join(edgeKeyFolder, name)))),
      ),
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

describe.each(SUBJECTS)('a key provider over %s', (name, open) => {
  let subject: Subject;
  beforeEach(async () => {
    subject = await open();
  }, 300_000);
  afterEach(async () => {
    await subject.provider.close();
    await subject.remove();
  });

  it('opens what it wrapped, of any size up to its limit, and never shows it', async () => {
    const { provider } = subject;
    const keyId = await provider.makeKey(CONTEXT.purpose);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 24, maxLength: 1024 }), async (secret) => {
        const wrapped = await provider.wrap(CONTEXT, keyId, secret);
        expect(Buffer.from(wrapped).includes(Buffer.from(secret.subarray(0, 24)))).toBe(false);
        expect(await provider.unwrap(CONTEXT, wrapped)).toEqual(secret);
      }),
      { numRuns: 25 },
    );
    const wrapped = await provider.wrap(CONTEXT, keyId, utf8('an unmistakable secret'));
    expect((await subject.atRest()).includes('unmistakable')).toBe(false);
    expect(wrappingKeyIdOf(wrapped)).toBe(keyId);
  });

  it.each(OTHERS)('does not open it for another %s', async (_what, change) => {
    const { provider } = subject;
    const [keyId] = [await provider.makeKey(CONTEXT.purpose), await provider.makeKey('secret')];
    const wrapped = await provider.wrap(CONTEXT, keyId, utf8('secret'));
    expect(await provider.unwrap({ ...CONTEXT, ...change }, wrapped)).toBeUndefined();
    expect(await provider.unwrap(CONTEXT, wrapped)).toEqual(utf8('secret'));
  });

  it('opens nothing of which a byte was changed, and goes on', async () => {
    const { provider } = subject;
    const wrapped = await provider.wrap(CONTEXT, await provider.makeKey(CONTEXT.purpose), utf8('secret'));
    for (let at = 0; at < wrapped.length; at += 7) {
      const changed = wrapped.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect([at, await provider.unwrap(CONTEXT, changed)]).toEqual([at, undefined]);
    }
    expect(await provider.unwrap(CONTEXT, wrapped.subarray(0, 20))).toBeUndefined();
    expect(await provider.unwrap(CONTEXT, wrapped)).toEqual(utf8('secret'));
  });

  it('opens nothing any more whose wrapping key was destroyed, and leaves other purposes alone', async () => {
    const { provider } = subject;
    const [first, second] = [await provider.makeKey('keys'), await provider.makeKey('keys')];
    const other = await provider.makeKey('keys-b');
    const wrapped = await provider.wrap(CONTEXT, first, utf8('old'));
    const kept = await provider.wrap(CONTEXT, second, utf8('new'));
    const elsewhere = await provider.wrap({ ...CONTEXT, purpose: 'keys-b' }, other, utf8('other'));
    await provider.destroyAllBut('keys', second);
    await provider.destroyAllBut('keys', second);
    expect(await provider.unwrap(CONTEXT, wrapped)).toBeUndefined();
    expect(await provider.unwrap(CONTEXT, kept)).toEqual(utf8('new'));
    expect(await provider.unwrap({ ...CONTEXT, purpose: 'keys-b' }, elsewhere)).toEqual(utf8('other'));
  });

  it('says that it is away while it cannot be reached, and works again by itself once it is back', async () => {
    const { provider } = subject;
    const keyId = await provider.makeKey('keys');
    const wrapped = await provider.wrap(CONTEXT, keyId, utf8('secret'));
    await provider.check();
    await subject.takeAway();
    const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['unwrap', () => provider.unwrap(CONTEXT, wrapped)],
      ['wrap', () => provider.wrap(CONTEXT, keyId, utf8('secret'))],
      ['makeKey', () => provider.makeKey('keys')],
      ['destroyAllBut', () => provider.destroyAllBut('keys', keyId)],
      ['check', () => provider.check()],
    ];
    for (const [what, call] of [...calls, ...calls]) {
      const thrown: unknown = await call().catch((error: unknown) => error);
      expect([what, thrown]).toMatchObject([what, { code: 'unavailable', status: 503 }]);
    }
    await subject.bringBack();
    await provider.check();
    expect(await provider.unwrap(CONTEXT, wrapped)).toEqual(utf8('secret'));
  });

  it('works on for everyone while its keys are turned under them', async () => {
    const { provider } = subject;
    let current = await provider.makeKey('keys');
    const over = new AbortController();
    const failures: unknown[] = [];
    let rounds = 0;
    const load = Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted) {
        const wrapped = await provider
          .wrap(CONTEXT, current, utf8('secret'))
          .catch((error: unknown) => failures.push(error));
        if (wrapped instanceof Uint8Array && !(await provider.unwrap(CONTEXT, wrapped))) failures.push('did not open');
        rounds += 1;
      }
    });
    for (let turn = 0; turn < 12; turn += 1) {
      const [previous, next] = [current, await provider.makeKey('keys')];
      current = next;
      // what began under the previous one ends before it is destroyed, as a sealed file is renamed before
      await provider.unwrap(CONTEXT, await provider.wrap(CONTEXT, previous, utf8('last')));
    }
    over.abort();
    await Promise.all(load);
    await provider.destroyAllBut('keys', current);
    expect(failures).toEqual([]);
    expect(rounds).toBeGreaterThan(12);
  });

  it('refuses a folder or secret that others may read, with what to type', async () => {
    if (name !== 'files') return;
    const parent = await mkdtemp(join(tmpdir(), 'causeway-provider-'));
    const folder = join(parent, 'keys');
    const provider = await openKeyProvider(loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: folder }));
    const wrapped = await provider.wrap(CONTEXT, await provider.makeKey('keys'), utf8('secret'));
    const [file = ''] = await readdir(folder);
    await chmod(join(folder, file), 0o640);
    await expect(provider.unwrap(CONTEXT, wrapped)).rejects.toThrow(`chmod 600 ${join(folder, file)}`);
    await chmod(folder, 0o755);
    await expect(openKeyProvider(loadConfig({ CAUSEWAY_EDGE_KEY_FOLDER: folder }))).rejects.toThrow(
      `chmod 700 ${folder}`,
    );
    await rm(parent, { recursive: true });
  });
});
