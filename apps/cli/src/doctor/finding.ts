/**
 * What was found about one thing. `problem`: nothing works until it is put right. `warning`: it works, and something is worse than it could
 * be. `note`: for a person to know. `fixed`: it was a problem and was put right.
 */
export type FindingStatus = 'ok' | 'fixed' | 'note' | 'warning' | 'problem' | 'skipped';

export interface Finding {
  /** Stable, kebab-case: programs go by it. */
  readonly check: string;
  readonly status: FindingStatus;
  /** A sentence. It names no secret and no number in full. */
  readonly says: string;
  /** What to do about it. */
  readonly advice?: string;
  /** True when `--fix` would put it right. */
  readonly isFixable?: boolean;
}

export const ok = (check: string, says: string): Finding => ({ check, status: 'ok', says });
export const note = (check: string, says: string): Finding => ({ check, status: 'note', says });
export const skipped = (check: string, says: string): Finding => ({ check, status: 'skipped', says });
export const problem = (check: string, says: string, advice: string): Finding => ({
  check,
  status: 'problem',
  says,
  advice,
});
export const warning = (check: string, says: string, advice: string): Finding => ({
  check,
  status: 'warning',
  says,
  advice,
});

/** Enough of a number to know it by, and too little to call it. */
export const masked = (e164: string): string => `${e164.slice(0, 2)}…${e164.slice(-2)}`;
