import { chmod } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { messageIdFromBytes, mintAccountId, parseTenantId, type MessageId } from '@causeway/message-model';
import { generateKeyPair } from '@causeway/signal-protocol';
import { EdgeLedger } from './edge-ledger.js';
import { withTemporaryFolder } from './testing/temporary-folder.js';

function raise(): never {
  throw new Error('a sample that its own parser refuses');
}

const tenant = parseTenantId('home') ?? raise();
const otherTenant = parseTenantId('other') ?? raise();
const account = mintAccountId();
const [key, otherKey] = [generateKeyPair().publicKey, generateKeyPair().publicKey];
const sampleMessageId = (): MessageId => messageIdFromBytes(Buffer.from([1, ...randomBytes(31)])) ?? raise();

const withLedger = (work: (reopen: () => Promise<EdgeLedger>, folder: string) => Promise<void>) => () =>
  withTemporaryFolder(async (folder) => {
    let ledger: EdgeLedger | undefined;
    await work(async () => {
      await ledger?.close();
      ledger = await EdgeLedger.open({ folder });
      return ledger;
    }, folder);
    await ledger?.close();
  });

describe('EdgeLedger', () => {
  it(
    'pins the first account key it sees, per tenant and account, and keeps it over a restart',
    withLedger(async (reopen) => {
      const ledger = await reopen();
      expect(await ledger.pinAccountKey(tenant, account, key)).toBe('first-use');
      expect(await ledger.pinAccountKey(tenant, account, key)).toBe('same');
      const again = await reopen();
      expect(await again.pinAccountKey(tenant, account, otherKey)).toBe('changed');
      expect(await again.pinAccountKey(tenant, account, key)).toBe('same');
      expect(await again.accountKey(tenant, account)).toEqual(key);
      expect(await again.pinAccountKey(otherTenant, account, otherKey)).toBe('first-use');
      expect(await again.pinAccountKey(tenant, mintAccountId(), otherKey)).toBe('first-use');
    }),
  );

  it(
    'pins one key when two are seen at the same time',
    withLedger(async (reopen) => {
      const ledger = await reopen();
      const seen = [key, otherKey].map((each) => ledger.pinAccountKey(tenant, account, each));
      expect(await Promise.all(seen)).toEqual(['first-use', 'changed']);
    }),
  );

  it(
    'takes another key, and its list versions from the start, when told to',
    withLedger(async (reopen) => {
      const ledger = await reopen();
      await ledger.pinAccountKey(tenant, account, key);
      await ledger.acceptListVersion(tenant, account, 9);
      await ledger.replaceAccountKey(tenant, account, otherKey);
      expect(await ledger.pinAccountKey(tenant, account, otherKey)).toBe('same');
      expect(await ledger.highestListVersion(tenant, account)).toBe(0);
    }),
  );

  it(
    'remembers the highest list version',
    withLedger(async (reopen) => {
      const ledger = await reopen();
      expect(await ledger.highestListVersion(tenant, account)).toBe(0);
      expect(await ledger.acceptListVersion(tenant, account, 9)).toBe('newer');
      expect(await ledger.acceptListVersion(tenant, account, 10)).toBe('newer');
      const again = await reopen();
      expect(await again.acceptListVersion(tenant, account, 9)).toBe('older');
      expect(await again.acceptListVersion(tenant, account, 10)).toBe('same');
      expect(await again.highestListVersion(tenant, account)).toBe(10);
      expect(await again.highestListVersion(otherTenant, account)).toBe(0);
    }),
  );

  it(
    'lets an attempt begin once, also when it is begun twice at the same time or after a restart',
    withLedger(async (reopen) => {
      const ledger = await reopen();
      const attempt = { messageId: sampleMessageId(), attempt: 1, notAfter: 1000 };
      expect(await ledger.wasSent(attempt.messageId)).toBe(false);
      const answers = await Promise.all([ledger.rememberSent(attempt), ledger.rememberSent(attempt)]);
      expect(answers).toEqual(['first', 'known']);
      const again = await reopen();
      expect(await again.rememberSent(attempt)).toBe('known');
      expect(await again.rememberSent({ ...attempt, attempt: 2 })).toBe('first');
      expect(await again.wasSent(attempt.messageId)).toBe(true);
      expect(await again.wasSent(sampleMessageId())).toBe(false);
    }),
  );

  it(
    'forgets an attempt that is taken back, and no other',
    withLedger(async (reopen) => {
      const ledger = await reopen();
      const attempt = { messageId: sampleMessageId(), attempt: 1, notAfter: 1000 };
      await ledger.rememberSent(attempt);
      await ledger.rememberSent({ ...attempt, attempt: 10 });
      await ledger.retractSent(attempt);
      await ledger.retractSent({ ...attempt, attempt: 7 });
      expect(await ledger.wasSent(attempt.messageId)).toBe(true);
      await ledger.retractSent({ ...attempt, attempt: 10 });
      expect(await ledger.wasSent(attempt.messageId)).toBe(false);
      expect(await ledger.rememberSent(attempt)).toBe('first');
    }),
  );

  it(
    'forgets attempts once their end has passed, not at it, and keeps pins',
    withLedger(async (reopen) => {
      const ledger = await reopen();
      const [early, late] = [sampleMessageId(), sampleMessageId()];
      await ledger.pinAccountKey(tenant, account, key);
      await ledger.rememberSent({ messageId: early, attempt: 1, notAfter: 999 });
      await ledger.rememberSent({ messageId: late, attempt: 1, notAfter: 1000 });
      expect(await ledger.forgetPast(1000)).toBe(1);
      expect(await ledger.wasSent(early)).toBe(false);
      expect(await ledger.wasSent(late)).toBe(true);
      expect(await ledger.forgetPast(1001)).toBe(1);
      expect(await ledger.wasSent(late)).toBe(false);
      expect(await ledger.pinAccountKey(tenant, account, key)).toBe('same');
    }),
  );

  it(
    'keeps a second opener out',
    withLedger(async (reopen, folder) => {
      await reopen();
      await expect(EdgeLedger.open({ folder })).rejects.toThrow();
    }),
  );

  it(
    'refuses a folder that others may enter',
    withLedger(async (reopen, folder) => {
      const ledger = await reopen();
      await ledger.close();
      await chmod(folder, 0o755);
      await expect(EdgeLedger.open({ folder })).rejects.toThrow('owner only');
      await chmod(folder, 0o700);
      await reopen();
    }),
  );
});
