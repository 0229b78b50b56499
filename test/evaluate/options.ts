import { parseArgs } from 'node:util';
import type { Half } from './metadata/population.js';

export interface EvaluateOptions {
  readonly half: Half;
  /** Lines of `from to unix-seconds`; unless given, the file that is usual where there is one, else the generator. */
  readonly data: string | undefined;
  /** Attacks of others, as `docs/abuse-evaluation.md` describes the file. */
  readonly attacks: string | undefined;
  /** The generator, even when there is a file. */
  readonly isGenerated: boolean;
  readonly seed: number;
  /** Classes whose name contains this. */
  readonly only: string | undefined;
  /** So many times the tuned half is halved again, at random; 0 does without. */
  readonly folds: number;
  readonly isWritingDocs: boolean;
  /** Shows what counted on each honest day that met level 2 or more. */
  readonly isShowingCases: boolean;
}

/** Throws on an option that is none: a mistyped one would measure something else. */
export function parseOptions(args: readonly string[]): EvaluateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      half: { type: 'string', default: 'tune' },
      data: { type: 'string' },
      attacks: { type: 'string' },
      generated: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      folds: { type: 'string', default: '0' },
      'write-docs': { type: 'boolean', default: false },
      cases: { type: 'boolean', default: false },
    },
  });
  const { half } = values;
  if (half !== 'tune' && half !== 'held') throw new Error('--half is tune or held');
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw new Error('--seed is a whole number');
  const folds = Number(values.folds);
  if (!Number.isInteger(folds) || folds < 0) throw new Error('--folds is a whole number');
  if (folds > 0 && half === 'held') throw new Error('--folds is for tuning: the held half is run as a whole');
  if (values.generated && values.data !== undefined) throw new Error('--generated and --data exclude each other');
  return {
    half,
    seed,
    folds,
    data: values.data,
    attacks: values.attacks,
    isGenerated: values.generated,
    only: values.only,
    isWritingDocs: values['write-docs'],
    isShowingCases: values.cases,
  };
}
