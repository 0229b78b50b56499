import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CONSENT_OPERATIONS,
  CONSENT_STANDINGS,
  CONSENT_TRANSITIONS,
  NO_CONSENT,
  permitsDelivery,
  reduceConsent,
  reducePair,
  seenByRequester,
  type ConsentOperation,
  type ConsentPair,
} from './consent.js';

interface Act {
  readonly by: 0 | 1;
  readonly operation: ConsentOperation;
}

const acts = fc.array(
  fc.record<Act>({ by: fc.constantFrom(0, 1), operation: fc.constantFrom(...CONSENT_OPERATIONS) }),
  { maxLength: 14 },
);

/** Records of two people, each about the other, after all that happened. */
function after(sequence: readonly Act[]): readonly [ConsentPair['own'], ConsentPair['own']] {
  let records: readonly [ConsentPair['own'], ConsentPair['own']] = [NO_CONSENT, NO_CONSENT];
  for (const { by, operation } of sequence) {
    const [own, other] = by === 0 ? records : [records[1], records[0]];
    const next = reducePair({ own, other }, operation);
    records = by === 0 ? [next.own, next.other] : [next.other, next.own];
  }
  return records;
}

describe('consent', () => {
  it('has a rule for every standing and operation', () => {
    for (const standing of CONSENT_STANDINGS)
      for (const operation of CONSENT_OPERATIONS)
        expect(CONSENT_STANDINGS).toContain(CONSENT_TRANSITIONS[standing][operation]);
  });

  it('is granted for both or for neither', () => {
    fc.assert(
      fc.property(acts, (sequence) => {
        const [one, two] = after(sequence);
        expect(one.standing === 'granted').toBe(two.standing === 'granted');
      }),
    );
  });

  it('shows a requester the same after any refusal as after silence', () => {
    fc.assert(
      fc.property(acts, (sequence) => {
        const withoutRefusals = sequence.filter(({ by, operation }) => !(by === 1 && operation === 'revoke'));
        const [, refusing] = after(sequence);
        const [, silent] = after(withoutRefusals);
        // a refusal keeps a grant away that silence would have led to, and shows in nothing else
        if (seenByRequester(refusing) !== seenByRequester(silent)) expect(seenByRequester(refusing)).toBe('waiting');
      }),
    );
  });

  it('is never taken back in the eyes of the other, whatever follows a grant', () => {
    fc.assert(
      fc.property(acts, acts, (before, later) => {
        const [one] = after([...before, { by: 1, operation: 'request' }, { by: 0, operation: 'grant' }, ...later]);
        expect(seenByRequester(one)).toBe('granted');
      }),
    );
  });

  it('delivers nothing after a revocation until the same person grants or asks again', () => {
    const quiet = fc.array(fc.record<Act>({ by: fc.constant(1), operation: fc.constantFrom(...CONSENT_OPERATIONS) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(acts, quiet, (before, byTheOther) => {
        const [record] = after([...before, { by: 0, operation: 'revoke' }, ...byTheOther]);
        expect([permitsDelivery(record, 'native'), permitsDelivery(record, 'clear')]).toEqual([false, false]);
      }),
    );
  });

  it('lets a number be written to until it says STOP, and again after START', () => {
    const stopped = reduceConsent(NO_CONSENT, 'revoke');
    const started = reduceConsent(stopped, 'grant');
    expect([NO_CONSENT, stopped, started].map((record) => permitsDelivery(record, 'clear'))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('forgets a request that was withdrawn: a later grant is a welcome', () => {
    const asked = reduceConsent(NO_CONSENT, 'request');
    expect(reduceConsent(reduceConsent(asked, 'cancel'), 'grant').standing).toBe('welcome');
    const declined = reduceConsent(asked, 'revoke');
    expect(reduceConsent(declined, 'grant').standing).toBe('granted');
    expect(reduceConsent(reduceConsent(declined, 'cancel'), 'grant').standing).toBe('welcome');
  });
});
