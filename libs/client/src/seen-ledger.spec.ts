import { describe, expect, it } from '@jest/globals';
import { LedgerSigner, toBytes, type LedgerHead } from '@causeway/message-model';
import type { SeenLedger } from './records.js';
import { suspicionOf } from './seen-ledger.js';

const signer = new LedgerSigner(toBytes(new Uint8Array(32).fill(7)));
const hashOf = (sequence: number) => toBytes(new Uint8Array(32).fill(sequence));

const head = (sequence: number, by = signer, hash = hashOf(sequence)): LedgerHead => ({
  sequence,
  hash,
  signature: by.sign(sequence, hash),
  publicKey: by.publicKey,
});
const seen = (...sequences: readonly number[]): SeenLedger => ({
  publicKey: signer.publicKey,
  seen: sequences.map((sequence) => ({ sequence, hash: hashOf(sequence) })),
  newestAtMs: 1_000,
});

describe('the end of the purge ledger that a device is shown', () => {
  it('is taken when it is the first, the same or a later one', () => {
    expect(suspicionOf(head(3), undefined, 0)).toBeUndefined();
    expect(suspicionOf(head(3), seen(2, 3), 1_000)).toBeUndefined();
    expect(suspicionOf(head(4), seen(2, 3), 1_000_000)).toBeUndefined();
  });

  it('may be an older one for a moment, since gateways differ by one, and is a cut after that', () => {
    expect(suspicionOf(head(2), seen(3), 3_000)).toBeUndefined();
    expect(suspicionOf(head(2), seen(3), 62_000)).toBe('cut-short');
    expect(suspicionOf(undefined, seen(3), 3_000)).toBe('cut-short');
  });

  it('is found out when it was written anew, by another key or by nobody', () => {
    const other = new LedgerSigner(toBytes(new Uint8Array(32).fill(8)));
    expect(suspicionOf(head(3, signer, hashOf(9)), seen(3), 0)).toBe('rewritten');
    expect(suspicionOf(head(3, other), seen(3), 0)).toBe('another-key');
    expect(suspicionOf({ ...head(4), signature: head(3).signature }, seen(3), 0)).toBe('not-signed');
  });
});
