import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outranks, type ReceiptStatus } from './inbound.js';

const STATUSES = ['sending', 'sent', 'delivered', 'displayed', 'failed', 'expired', 'cancelled'] as const;
const ENDS: ReadonlySet<ReceiptStatus> = new Set(['delivered', 'failed', 'expired', 'cancelled']);

const apply = (receipts: readonly ReceiptStatus[]): ReceiptStatus =>
  receipts.reduce((known, next) => (outranks(next, known) ? next : known));

describe('receipts', () => {
  it('end the same way in whatever order and however often they come, when there is one end', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray<ReceiptStatus>(['sending', 'sent', 'sent', 'delivered', 'delivered'], { minLength: 1 }),
        (receipts) => {
          const expected = receipts.includes('delivered')
            ? 'delivered'
            : receipts.includes('sent')
              ? 'sent'
              : 'sending';
          expect(apply(receipts)).toBe(expected);
        },
      ),
    );
  });

  it('never go back from an end to progress or to another end', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STATUSES), { minLength: 1 }), (receipts) => {
        const firstEnd = receipts.find((status) => ENDS.has(status) || status === 'displayed');
        const last = apply(receipts);
        if (firstEnd !== undefined) expect([firstEnd, 'displayed']).toContain(last);
      }),
    );
  });
});
