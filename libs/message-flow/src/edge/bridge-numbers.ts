import { createHash } from 'node:crypto';

/** Bridge numbers are the operator's own and public; the database still knows them by an id only. */
export const bridgeNumberId = (e164: string): string =>
  `b_${createHash('sha256').update(`causeway-bridge-number-v1:${e164}`).digest('base64url').slice(0, 16)}`;

export const bridgeNumbersById = (numbers: readonly string[]): ReadonlyMap<string, string> =>
  new Map(numbers.map((e164) => [bridgeNumberId(e164), e164]));
