import type { WhenBlind } from './limits.js';

/** A limit on what a tenant spends in a day of UTC, counted in messages that a network bills. */
export interface SpendingRow {
  /** `unproven`: countries from which nobody has answered lately; `country`: any other; `all`: all countries together. */
  readonly limit: 'unproven' | 'country' | 'all';
  readonly messagesPerDay: number;
  /** While it cannot be counted, nothing that costs money goes. */
  readonly whenBlind: WhenBlind;
  readonly because: string;
}

/** What holds unless the settings say otherwise. */
export const SPENDING_LIMITS: readonly SpendingRow[] = [
  {
    limit: 'unproven',
    messagesPerDay: 1_000,
    whenBlind: 'closed',
    because:
      'Pumping sends to numbers that earn a share and never answer. At the 30 cents of the dearest countries this is what a day of it costs before somebody looks.',
  },
  {
    limit: 'country',
    messagesPerDay: 5_000,
    whenBlind: 'closed',
    because:
      'Ten times what a bridge number may carry in a day of ordinary use; whoever needs more knows it beforehand.',
  },
  {
    limit: 'all',
    messagesPerDay: 20_000,
    whenBlind: 'closed',
    because: 'Pumping that spreads over countries meets a limit too.',
  },
];

/** Limits as an operator set them: by ISO 3166 alpha-2, or one of the names of {@link SPENDING_LIMITS}. */
export type SpendingSettings = ReadonlyMap<string, number>;

/** What a tenant may spend in a day in this country and in all. What is said for a country holds however little it has answered. */
export function quotasOf(
  country: string,
  { settings, isProven }: { readonly settings: SpendingSettings; readonly isProven: boolean },
): { readonly ofCountry: number; readonly ofAll: number } {
  const named = (limit: SpendingRow['limit']): number =>
    settings.get(limit) ?? SPENDING_LIMITS.find((row) => row.limit === limit)?.messagesPerDay ?? 0;
  return {
    ofCountry: settings.get(country) ?? named(isProven ? 'country' : 'unproven'),
    ofAll: named('all'),
  };
}
