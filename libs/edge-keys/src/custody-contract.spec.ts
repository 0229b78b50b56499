import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { messageIdFromBytes, mintAccountId, parseTenantId, utf8, type MessageId } from '@causeway/message-model';
import { ManualClock } from '@causeway/platform';
import { generateKeyPair, openEdgeBundle, verify } from '@causeway/signal-protocol';
import { AskedLedger } from './asked-ledger.js';
import { BorrowedKeys } from './borrowed-keys.js';
import { EdgeKeys } from './edge-keys.js';
import { EdgeLedger } from './edge-ledger.js';
import { KeeperDesk } from './keeper-desk.js';
import { KeyUse } from './key-use.js';
import type { Ledger } from './ledger.js';
import { InProcessDoor } from './testing/keeper-in-process.js';
import { withTemporaryFolder } from './testing/temporary-folder.js';

function raise(): never {
  throw new Error('a sample that its own parser refuses');
}

const region = 'eu-1';
const tenant = parseTenantId('home') ?? raise();
const e164 = '+4915112345678';
const key = (): Uint8Array => generateKeyPair().publicKey;
const messageId = (): MessageId => messageIdFromBytes(Buffer.from([1, ...randomBytes(31)])) ?? raise();

/** What an edge works with, and what is kept. */
interface Custody {
  readonly keys: KeyUse;
  readonly ledger: Ledger;
  readonly kept: EdgeKeys;
  readonly clock: ManualClock;
}

const held = async (kept: EdgeKeys, ledger: EdgeLedger, clock: ManualClock): Promise<Custody> => ({
  keys: kept,
  ledger,
  kept,
  clock,
});

async function asked(kept: EdgeKeys, ledger: EdgeLedger, clock: ManualClock): Promise<Custody> {
  const door = new InProcessDoor();
  await door.serve(new KeeperDesk(kept, ledger));
  const borrowed = new BorrowedKeys(door.line(), region, clock);
  await borrowed.borrow();
  return { keys: new KeyUse(borrowed, clock), ledger: new AskedLedger(door.line()), kept, clock };
}

describe.each([
  ['held here', held],
  ['asked of the keeper', asked],
])('keys and ledger %s', (_where, open) => {
  let custody: Custody;
  let end: () => void;
  let over: Promise<void>;
  beforeEach(async () => {
    const ending = new Promise<void>((resolve) => (end = resolve));
    await new Promise<void>((ready, failed) => {
      over = withTemporaryFolder(async (folder) => {
        const clock = new ManualClock();
        const ledger = await EdgeLedger.open({ folder });
        custody = await open(await EdgeKeys.open({ folder, region, clock }), ledger, clock);
        ready();
        await ending;
        await ledger.close();
      });
      over.catch(failed);
    });
  });
  afterEach(async () => {
    end();
    await over;
  });

  it('are of the one identity: it signs, and its bundle names keys that open', async () => {
    const { keys, kept } = custody;
    expect(keys.identityPublicKey).toEqual(kept.identityPublicKey);
    expect(verify(kept.identityPublicKey, utf8('x'), keys.sign(utf8('x')))).toBe(true);
    const bundle = openEdgeBundle(keys.bundle(), kept.identityPublicKey) ?? raise();
    for (const { keyId } of bundle.keys) expect(await keys.findLegPrivateKey(keyId)).toEqual(kept.legPrivateKey(keyId));
    expect(keys.livingKeys()).toEqual(kept.livingKeys());
  });

  it('open what is sealed to a key that was made a moment ago', async () => {
    const { keys, kept, clock } = custody;
    const before = new Set(kept.livingKeys().map(({ keyId }) => keyId));
    clock.advanceSeconds(200);
    await keys.findLegPrivateKey('short-0-unknown');
    clock.advanceSeconds(100);
    await kept.tick();
    const made = kept.livingKeys().filter(({ keyId }) => !before.has(keyId));
    expect(made.length).toBeGreaterThan(0);
    for (const { keyId } of made) expect(await keys.findLegPrivateKey(keyId)).toEqual(kept.legPrivateKey(keyId));
    expect(await keys.findLegPrivateKey('short-0-unknown')).toBeUndefined();
  });

  it('open nothing from the destruction of a leg key on, also before anyone cleared it', async () => {
    const { keys, clock } = custody;
    const [{ keyId, destroyAt } = raise()] = keys.livingKeys().toSorted((a, b) => a.destroyAt - b.destroyAt);
    for (let second = clock.nowMs() / 1000; second < destroyAt - 120; second += 120) {
      clock.set((second + 120) * 1000);
      await keys.findLegPrivateKey('short-0-unknown');
    }
    clock.set((destroyAt - 1) * 1000);
    expect(await keys.findLegPrivateKey(keyId)).toBeDefined();
    clock.set(destroyAt * 1000);
    expect(await keys.findLegPrivateKey(keyId)).toBeUndefined();
    expect(keys.legKey(keyId)?.keyId === keyId && keys.legPrivateKey(keyId) !== undefined).toBe(false);
  });

  it('read what any of them sealed, and find numbers that any of them stored', () => {
    const { keys, kept } = custody;
    const aad = utf8('tenant and contact');
    expect(kept.openAtRest(keys.sealAtRest(utf8(e164), aad), aad)).toEqual(utf8(e164));
    expect(keys.openAtRest(kept.sealAtRest(utf8(e164), aad), aad)).toEqual(utf8(e164));
    expect(keys.numberDigest('contact', tenant, e164)).toEqual(kept.numberDigest('contact', tenant, e164));
    expect(keys.numberDigests('binding', tenant, e164)).toEqual(kept.numberDigests('binding', tenant, e164));
  });

  it('pin the first account key, and no other', async () => {
    const { ledger } = custody;
    const [account, first, other] = [mintAccountId(), key(), key()];
    expect(await ledger.accountKey(tenant, account)).toBeUndefined();
    expect(await ledger.pinAccountKey(tenant, account, first)).toBe('first-use');
    expect(await ledger.pinAccountKey(tenant, account, first)).toBe('same');
    expect(await ledger.pinAccountKey(tenant, account, other)).toBe('changed');
    expect(await ledger.accountKey(tenant, account)).toEqual(first);
  });

  it('accept no list that is older than one seen', async () => {
    const { ledger } = custody;
    const account = mintAccountId();
    expect(await ledger.acceptListVersion(tenant, account, 2)).toBe('newer');
    expect(await ledger.acceptListVersion(tenant, account, 2)).toBe('same');
    expect(await ledger.acceptListVersion(tenant, account, 1)).toBe('older');
  });

  it('let one of many who ask at once begin an attempt, until it is taken back', async () => {
    const { ledger } = custody;
    const attempt = { messageId: messageId(), attempt: 1, notAfter: 2_000_000_000 };
    const answers = await Promise.all(Array.from({ length: 300 }, () => ledger.rememberSent(attempt)));
    expect(answers.filter((answer) => answer === 'first')).toHaveLength(1);
    expect(await ledger.wasSent(attempt.messageId)).toBe(true);
    await ledger.retractSent(attempt);
    expect(await ledger.wasSent(attempt.messageId)).toBe(false);
    expect(await ledger.rememberSent(attempt)).toBe('first');
  });
});
