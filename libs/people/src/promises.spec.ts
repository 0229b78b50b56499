import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sequences, type Act } from './testing/acts.js';
import { Judge } from './testing/judge.js';
import { PLANTED } from './testing/planted-faults.js';
import { REAL, type Parts } from './testing/parts.js';
import { Scene } from './testing/scene.js';

const RUNS = 4_000;

/** What the judge finds in a sequence, if anything. */
function faultIn(acts: readonly Act[], parts: Parts): string | undefined {
  const [scene, judge] = [new Scene(parts), new Judge()];
  for (const act of acts) {
    const fault = judge.faultOf(act, scene.do(act));
    if (fault !== undefined) return `${fault}, after ${act.kind}`;
  }
  return revealedRefusal(acts, parts);
}

const isRefusal = (act: Act): boolean => (act.kind === 'revoke' && act.by === 1) || act.kind === 'stop';

/** The same sequence without refusals, blocks and STOP shows its sender the same, for as long as there is as much of a grant. */
function revealedRefusal(acts: readonly Act[], parts: Parts): string | undefined {
  const [refusing, silent] = [new Scene(parts), new Scene(parts)];
  for (const act of acts) {
    // of the other account a block after a grant; a refusal before it only keeps the words where they were granted
    const isBlockThere = act.kind === 'other' && act.operation === 'revoke' && silent.isGrantedThere;
    const { shown } = refusing.do(act);
    const unrefused = isRefusal(act) || isBlockThere ? { shown: [] } : silent.do(act);
    if (refusing.isGranted !== silent.isGranted || refusing.standingThere !== silent.standingThere) return undefined;
    if (shown.join() !== unrefused.shown.join()) return 'a refusal can be told from silence';
  }
  return undefined;
}

/** The first fault in sequences of this seed. */
function findFault(parts: Parts): string | undefined {
  const found = fc.check(
    fc.property(sequences, (acts) => faultIn(acts, parts) === undefined),
    { numRuns: RUNS, seed: 20, endOnFailure: true },
  );
  return found.counterexample ? faultIn(found.counterexample[0], parts) : undefined;
}

describe('P2 and P8', () => {
  it('hold through thousands of sequences of decisions, words, links, time, messages and retries', () => {
    expect(findFault(REAL)).toBeUndefined();
  });

  it('are tried: sequences lead to deliveries over every network', () => {
    const networks = fc.sample(sequences, { numRuns: 500, seed: 20 }).flatMap((acts) => {
      const scene = new Scene(REAL);
      return acts.flatMap((act) => scene.do(act).delivered.map(({ network }) => network));
    });
    for (const network of ['native', 'rcs', 'sms'])
      expect(networks.filter((one) => one === network).length).toBeGreaterThan(20);
  });

  it('are tried: sequences lead to the other account of a person too', () => {
    const deliveries = fc.sample(sequences, { numRuns: 500, seed: 20 }).flatMap((acts) => {
      const scene = new Scene(REAL);
      return acts.flatMap((act) => scene.do(act).delivered);
    });
    expect(deliveries.filter(({ isLed }) => isLed).length).toBeGreaterThan(20);
  });

  it.each(Object.entries(PLANTED))('are seen broken when %s', (_, planted) => {
    expect(findFault({ ...REAL, ...planted })).toEqual(expect.any(String));
  });
});
