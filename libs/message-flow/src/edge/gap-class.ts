import type { GapClass } from '@causeway/abuse-control';

const NEAR = 10n;

/**
 * How close a number is to the nearest of others: the same, up to ten away, more. Numbers are E.164; whoever counts upwards is near, and
 * that is all that leaves the edge. Without others a number is `far` from all.
 */
export function gapClassOf(e164: string, others: readonly string[]): GapClass {
  const value = BigInt(e164.slice(1));
  const gaps = others.map((other) => {
    const gap = value - BigInt(other.slice(1));
    return gap < 0n ? -gap : gap;
  });
  if (gaps.includes(0n)) return 'same';
  return gaps.some((gap) => gap <= NEAR) ? 'near' : 'far';
}
