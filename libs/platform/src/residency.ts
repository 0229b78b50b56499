import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Config } from './config.js';
import { StartupProblem } from './startup-problem.js';

const country = z.string().regex(/^[A-Z]{2}$/, 'must be a country of ISO 3166-1, two capitals');

/** One reviewed country. */
const reviewed = z.strictObject({
  country,
  verdict: z.enum(['allowed', 'denied']),
  reason: z.string().min(10),
  source: z.string().min(4),
  reviewedOn: z.iso.date(),
});

const residencyFile = z.strictObject({
  format: z.literal('causeway-residency-v1'),
  countries: z.array(reviewed).min(1),
});

/** Why a country is, or is not, one to store in. */
export interface Verdict {
  readonly isAllowed: boolean;
  readonly why: string;
}

/** What a route to a country may do. */
export interface RoutePolicy {
  /** The countries outside of the permitted ones through which a message to that country passes. */
  leavesRegion(country: string): readonly string[];
  /** Whether it is refused for that, rather than said. */
  readonly isRefusedOutside: boolean;
}

/**
 * Where this cell may keep anything, from one reviewed file. A country that is denied in any row is denied, and one in no row too. Storage is
 * not transit: what a message passes on its way to a telephone is the business of `leavesRegion`.
 */
export class Residency implements RoutePolicy {
  private constructor(
    private readonly rows: readonly z.infer<typeof reviewed>[],
    private readonly config: Pick<Config, 'storageCountries' | 'routesOutside'>,
  ) {}

  /** `undefined` when no file is configured: nothing is claimed then. Throws `StartupProblem` when it cannot be read. */
  static read(config: Pick<Config, 'residencyFile' | 'storageCountries' | 'routesOutside'>): Residency | undefined {
    if (config.residencyFile === '') return undefined;
    try {
      const { countries } = residencyFile.parse(JSON.parse(readFileSync(config.residencyFile, 'utf8')));
      return new Residency(countries, config);
    } catch (cause) {
      throw new StartupProblem(
        'The list of storage countries cannot be read.',
        'Check CAUSEWAY_RESIDENCY_FILE; docs/custody-and-residency.md has its form.',
        { cause },
      );
    }
  }

  verdictOn(code: string): Verdict {
    const rows = this.rows.filter((row) => row.country === code);
    const denied = rows.find((row) => row.verdict === 'denied');
    if (denied) return { isAllowed: false, why: `denied: ${denied.reason} (${denied.source}, ${denied.reviewedOn})` };
    const [allowed] = rows;
    return allowed
      ? { isAllowed: true, why: `${allowed.reason} (${allowed.source}, ${allowed.reviewedOn})` }
      : { isAllowed: false, why: 'not on the reviewed list' };
  }

  /** Throws `StartupProblem` naming each binding that is undeclared or outside: `database`, `queue`, `keys`, `files`, or a network. */
  refuseOutside(bindings: readonly string[]): void {
    const faults = bindings.flatMap((binding) => this.faultOf(binding));
    if (faults.length === 0) return;
    throw new StartupProblem(
      `This would store outside of the permitted countries: ${faults.join('; ')}.`,
      'Look at CAUSEWAY_STORAGE_COUNTRIES and the file of CAUSEWAY_RESIDENCY_FILE.',
    );
  }

  leavesRegion(code: string): readonly string[] {
    return this.verdictOn(code).isAllowed ? [] : [code];
  }

  get isRefusedOutside(): boolean {
    return this.config.routesOutside === 'refuse';
  }

  private faultOf(binding: string): readonly string[] {
    const declared = this.config.storageCountries.get(binding);
    if (declared === undefined) return [`nobody declared where ${binding} stores`];
    const { isAllowed, why } = this.verdictOn(declared);
    return isAllowed ? [] : [`${binding} in ${declared} is ${why}`];
  }
}
