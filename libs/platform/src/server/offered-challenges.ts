import type { ProblemDocument } from './problem-document.js';

/** Values for `WWW-Authenticate`: ways that a problem document offers in its member `challenges`, each with how one authenticates. */
export function offeredChallenges({ challenges }: ProblemDocument): readonly string[] {
  if (!Array.isArray(challenges)) return [];
  return challenges.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null || !('authenticate' in each)) return [];
    return typeof each.authenticate === 'string' ? [each.authenticate] : [];
  });
}
