import { describe, expect, it } from '@jest/globals';
import { quotasOf, SPENDING_LIMITS } from './spending-limits.js';

const rowOf = (limit: string) => SPENDING_LIMITS.find((row) => row.limit === limit)?.messagesPerDay;

describe('what a tenant may spend', () => {
  it('is less in a country from which nobody answered', () => {
    const of = (isProven: boolean) => quotasOf('LV', { settings: new Map(), isProven });
    expect(of(false)).toEqual({ ofCountry: rowOf('unproven'), ofAll: rowOf('all') });
    expect(of(true)).toEqual({ ofCountry: rowOf('country'), ofAll: rowOf('all') });
  });

  it('is what the operator says, for one country before all others', () => {
    const settings = new Map([
      ['DE', 9],
      ['unproven', 2],
      ['all', 11],
    ]);
    expect(quotasOf('DE', { settings, isProven: false })).toEqual({ ofCountry: 9, ofAll: 11 });
    expect(quotasOf('FR', { settings, isProven: false })).toEqual({ ofCountry: 2, ofAll: 11 });
    expect(quotasOf('FR', { settings, isProven: true })).toEqual({ ofCountry: rowOf('country'), ofAll: 11 });
  });

  it('is nothing while it cannot be counted', () => {
    expect(SPENDING_LIMITS.every(({ whenBlind }) => whenBlind === 'closed')).toBe(true);
  });
});
