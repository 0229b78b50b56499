import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPurgeLedger, PurgeLedgerCheck, readPurgeLedger, type ShownPurgeEntry } from './check-purge-ledger.js';
import {
  decodePurgeEntry,
  encodePurgeEntry,
  LEDGER_START,
  LedgerSigner,
  purgeEntryHash,
  type LedgerHead,
  type PurgeEntry,
  type SignedPurgeEntry,
} from './purge-ledger.js';

type Facts = Omit<PurgeEntry, 'sequence' | 'previousHash'>;
const time = fc.option(fc.integer({ min: 0, max: 2 ** 42 }), { nil: null });
const facts: fc.Arbitrary<Facts> = fc.record({
  class: fc.constantFrom('message', 'inbox', 'short', 'day'),
  keyId: fc.string({ maxLength: 20 }),
  rows: fc.nat(),
  sizeBytes: fc.nat(),
  keyCheck: fc.option(fc.string({ maxLength: 12 }), { nil: null }),
  droppedAt: time,
  destroyedAt: time,
  scan: fc.constantFrom('no-bytes-left', 'unchecked', null),
});
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });

function written(all: readonly Facts[], signer: LedgerSigner): { ledger: SignedPurgeEntry[]; heads: LedgerHead[] } {
  const ledger: SignedPurgeEntry[] = [];
  const heads: LedgerHead[] = [];
  for (const [index, each] of all.entries()) {
    const sequence = index + 1;
    const entry = encodePurgeEntry({ ...each, sequence, previousHash: heads.at(-1)?.hash ?? LEDGER_START });
    const hash = purgeEntryHash(entry);
    const signature = signer.sign(sequence, hash);
    ledger.push({ entry, signature });
    heads.push({ sequence, hash, signature, publicKey: signer.publicKey });
  }
  return { ledger, heads };
}

/** A ledger, its heads, and a place in it. */
const ledgers = fc
  .record({ all: fc.array(facts, { minLength: 2, maxLength: 8 }), seed, at: fc.nat() })
  .map(({ all, seed: bytes, at }) => {
    const signer = new LedgerSigner(bytes);
    return { all, signer, at: at % all.length, ...written(all, signer), publicKey: signer.publicKey };
  });
type Ledger = ReturnType<typeof written> & {
  all: readonly Facts[];
  signer: LedgerSigner;
  at: number;
  publicKey: LedgerHead['publicKey'];
};

const always = (property: (ledger: Ledger) => void): void => fc.assert(fc.property(ledgers, property), { numRuns: 60 });
const whyOf = (entries: readonly SignedPurgeEntry[], { publicKey, heads }: Ledger): string => {
  const verdict = checkPurgeLedger(entries, { publicKey, seen: heads.slice(-1) });
  return verdict.kind === 'sound' ? 'sound' : verdict.fault.why;
};

describe('a purge ledger', () => {
  it('is sound as it was written, with every head it ever had', () => {
    always((it) => {
      const verdict = checkPurgeLedger(it.ledger, { publicKey: it.publicKey, seen: it.heads });
      expect(verdict).toEqual({ kind: 'sound', head: it.heads.at(-1) });
    });
    expect(checkPurgeLedger([], { publicKey: new Uint8Array(32) })).toEqual({ kind: 'sound', head: undefined });
  });

  it('is found out when any one bit of an entry or of a signature was changed', () => {
    fc.assert(
      fc.property(ledgers, fc.nat(), fc.nat({ max: 7 }), fc.boolean(), (it, place, bit, isEntry) => {
        const edited = it.ledger.map(({ entry, signature }, index) => {
          if (index !== it.at) return { entry, signature };
          const bytes = (isEntry ? entry : signature).slice();
          bytes[place % bytes.length] = (bytes[place % bytes.length] ?? 0) ^ (1 << bit);
          return isEntry ? { entry: bytes, signature } : { entry, signature: bytes };
        });
        expect(whyOf(edited, it)).not.toBe('sound');
      }),
      { numRuns: 60 },
    );
  });

  it('is found out when an entry was edited and signed anew, by what comes after it or by the head', () => {
    always((it) => {
      const other = written(
        it.all.map((each, index) => (index === it.at ? { ...each, rows: each.rows + 1 } : each)),
        it.signer,
      );
      const edited = it.ledger.map((each, index) => (index === it.at ? (other.ledger[index] ?? each) : each));
      expect(['chain-broken', 'rewritten']).toContain(whyOf(edited, it));
    });
  });

  it('is found out when an entry was dropped', () => {
    always((it) => expect(['out-of-order', 'cut-short']).toContain(whyOf(it.ledger.toSpliced(it.at, 1), it)));
  });

  it('is found out when two entries changed places', () => {
    always((it) => {
      const [first, second] = [it.at, (it.at + 1) % it.ledger.length];
      const swapped = it.ledger.map(
        (each, index) => it.ledger[index === first ? second : index === second ? first : index] ?? each,
      );
      expect(whyOf(swapped, it)).toBe('out-of-order');
    });
  });

  it('is found out when it was cut short, even to nothing, by the head alone', () => {
    always((it) => {
      expect(whyOf(it.ledger.slice(0, it.at), it)).toBe('cut-short');
      const verdict = checkPurgeLedger(it.ledger.slice(0, it.at), { publicKey: it.publicKey });
      expect(verdict.kind).toBe('sound');
    });
  });

  it('is found out when all of it was written and signed anew with the right key', () => {
    always((it) => {
      const anew = written(
        it.all.map((each) => ({ ...each, rows: each.rows + 1 })),
        it.signer,
      );
      expect(whyOf(anew.ledger, it)).toBe('rewritten');
    });
  });

  it('is found out when all of it was signed anew with another key', () => {
    fc.assert(
      fc.property(ledgers, seed, (it, bytes) => {
        const thief = new LedgerSigner(bytes);
        fc.pre(Buffer.compare(thief.publicKey, it.publicKey) !== 0);
        expect(whyOf(written(it.all, thief).ledger, it)).toBe('not-signed');
      }),
      { numRuns: 60 },
    );
  });

  it('has one way to write an entry, and reads nothing else', () => {
    fc.assert(
      fc.property(facts, fc.uint8Array({ maxLength: 80 }), (each, noise) => {
        const entry = { ...each, sequence: 7, previousHash: LEDGER_START };
        expect(decodePurgeEntry(encodePurgeEntry(entry))).toEqual(entry);
        expect(decodePurgeEntry(noise)).toBeUndefined();
      }),
    );
  });
});

describe('a ledger that a gateway shows', () => {
  const signer = new LedgerSigner(new Uint8Array(32).fill(7));
  const fact = { class: 'message', keyId: 'message_1', rows: 3, sizeBytes: 9, keyCheck: null, scan: null };
  const { ledger } = written(
    [1, 2, 3].map((at) => ({ ...fact, droppedAt: at, destroyedAt: null })),
    signer,
  );
  const shown = ledger.map((signed, index): ShownPurgeEntry => ({
    ...signed,
    ...fact,
    sequence: index + 1,
    droppedAt: new Date(index + 1).toISOString(),
    destroyedAt: null,
  }));
  const reading = (entries: readonly ShownPurgeEntry[], hasMore = false) =>
    readPurgeLedger(new PurgeLedgerCheck(signer.publicKey), async (after) => ({
      entries: entries.slice(after, after + 2),
      hasMore: hasMore || after + 2 < entries.length,
    }));

  it('is read page by page', async () => {
    expect(await reading(shown)).toMatchObject({ kind: 'sound', head: { sequence: 3 } });
  });

  it('is not sound when its words are not those of its bytes', async () => {
    for (const lie of [{ rows: 4 }, { class: 'inbox' }, { droppedAt: null }, { scan: 'no-bytes-left' }, { keyId: 'x' }])
      expect(await reading(shown.map((entry, at) => (at === 1 ? { ...entry, ...lie } : entry)))).toEqual({
        kind: 'faulty',
        fault: { sequence: 2, why: 'shown-otherwise' },
      });
  });

  it('ends when nothing more is shown, whatever is said of more', async () => {
    expect(await reading(shown, true)).toMatchObject({ kind: 'sound' });
    const again = { entries: shown.slice(0, 1), hasMore: true };
    expect(await readPurgeLedger(new PurgeLedgerCheck(signer.publicKey), async () => again)).toEqual({
      kind: 'faulty',
      fault: { sequence: 2, why: 'out-of-order' },
    });
  });
});
