import { describe, expect, it } from '@jest/globals';
import { toBase64Url, utf8 } from '@causeway/message-model';
import { ManualClock } from '@causeway/platform';
import { BorrowedKeys } from './borrowed-keys.js';
import { EdgeKeys } from './edge-keys.js';
import { EdgeLedger } from './edge-ledger.js';
import { KeeperDesk } from './keeper-desk.js';
import { secretsById } from './key-state.js';
import { InProcessDoor } from './testing/keeper-in-process.js';
import { withTemporaryFolder } from './testing/temporary-folder.js';

function raise(): never {
  throw new Error('there should have been one');
}

const region = 'eu-1';

interface Lending {
  readonly door: InProcessDoor;
  readonly kept: EdgeKeys;
  readonly borrowed: BorrowedKeys;
  readonly clock: ManualClock;
}

const whileLent = (work: (lending: Lending) => Promise<void>) => () =>
  withTemporaryFolder(async (folder) => {
    const clock = new ManualClock();
    const ledger = await EdgeLedger.open({ folder });
    const kept = await EdgeKeys.open({ folder, region, clock });
    const door = new InProcessDoor();
    await door.serve(new KeeperDesk(kept, ledger));
    const borrowed = new BorrowedKeys(door.line(), region, clock);
    await borrowed.borrow();
    await work({ door, kept, borrowed, clock });
    await ledger.close();
  });

const isCleared = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

describe('BorrowedKeys', () => {
  it(
    'are cleared from memory five minutes after the keeper was last heard, the identity too',
    whileLent(async ({ door, borrowed, clock }) => {
      const state = borrowed.current();
      const secrets = [...secretsById(state).values(), state.identity.privateKey];
      expect(secrets.some(isCleared)).toBe(false);
      door.shut();
      clock.advanceSeconds(299);
      await borrowed.refresh();
      expect(borrowed.current()).toBe(state);
      clock.advanceSeconds(1);
      borrowed.drop();
      expect(secrets.every(isCleared)).toBe(true);
      expect(() => borrowed.current()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    }),
  );

  it(
    'live on while the keeper answers, which costs it no keys',
    whileLent(async ({ door, borrowed, clock }) => {
      const crossed = door.crossed.length;
      for (let minute = 0; minute < 4; minute += 1) {
        clock.advanceSeconds(60);
        await borrowed.refresh();
      }
      clock.advanceSeconds(299 - 4 * 60 + 4 * 60);
      expect(borrowed.current().region).toBe(region);
      expect(door.crossed.slice(crossed).filter((json) => json.includes('sealed'))).toEqual([]);
    }),
  );

  it(
    'lose each leg key at its own end, cleared, whether or not the keeper says so',
    whileLent(async ({ borrowed, clock }) => {
      clock.advanceSeconds(14 * 60);
      await borrowed.refresh();
      const [dying = raise()] = borrowed.current().legKeys.filter(({ track }) => track === 'short');
      clock.set(dying.destroyAt * 1000);
      borrowed.drop();
      expect(isCleared(dying.privateKey)).toBe(true);
      const living = borrowed.current().legKeys;
      expect(living.map(({ keyId }) => keyId)).not.toContain(dying.keyId);
      expect(living.some(({ privateKey }) => isCleared(privateKey))).toBe(false);
    }),
  );

  it(
    'lose a key that the keeper destroyed with the next answer, cleared',
    whileLent(async ({ kept, borrowed }) => {
      await kept.renewNumberKeys();
      await borrowed.refresh();
      const old = borrowed.current().numberKeys.find(({ purpose, version }) => purpose === 'contact' && version === 1);
      await kept.destroyOldNumberKeys('contact');
      await borrowed.refresh();
      expect(isCleared((old ?? raise()).secret)).toBe(true);
      expect(borrowed.current().numberKeys.filter(({ purpose }) => purpose === 'contact')).toHaveLength(1);
    }),
  );

  it(
    'are gone when the clock is set back: how old they are is not known any more',
    whileLent(async ({ borrowed, clock }) => {
      clock.advanceSeconds(-3600);
      expect(() => borrowed.current()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    }),
  );

  it(
    'that arrive after the end are cleared, not kept',
    whileLent(async ({ door, clock }) => {
      const late = new BorrowedKeys(door.line(), region, clock);
      const arriving = late.borrow();
      late.close();
      await arriving;
      expect(() => late.current()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    }),
  );

  it(
    'cross the line sealed: no key is in what was written, and the control finds the public one',
    whileLent(async ({ door, borrowed }) => {
      const { identity, legKeys, ...rest } = borrowed.current();
      const crossed = door.crossed.join('\n');
      const forms = (bytes: Uint8Array): string[] =>
        (['base64', 'base64url', 'hex'] as const).map((form) => Buffer.from(bytes).toString(form).slice(0, 40));
      const secrets = [...secretsById({ identity, legKeys, ...rest }).values(), identity.privateKey];
      expect(secrets.flatMap(forms).filter((form) => crossed.includes(form))).toEqual([]);
      expect(crossed).toMatch(/"publicKey":"[\w-]{40,}"/);
    }),
  );

  it(
    'are refused to an edge of another region',
    whileLent(async ({ door, clock }) => {
      const other = new BorrowedKeys(door.line(), 'us-1', clock);
      await expect(other.borrow()).rejects.toThrow('region eu-1');
    }),
  );

  it(
    'are not taken from who cannot seal them to this question',
    whileLent(async ({ clock }) => {
      const liar = {
        ask: async () => ({ kind: 'keys', ageSeconds: 0, revision: 'x', sealed: toBase64Url(utf8('not for you')) }),
        close: () => undefined,
      };
      const fooled = new BorrowedKeys(liar, region, clock);
      await expect(fooled.borrow()).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }));
      expect(() => fooled.current()).toThrow();
    }),
  );
});
