import { describe, expect, it } from '@jest/globals';
import { LAWS } from '../laws.js';
import { runLaw, type Verdict } from '../run-laws.js';
import { INBOUND_FAULTS } from './inbound-faults.js';
import { OUTBOUND_FAULTS } from './outbound-faults.js';
import { planted } from './plant.js';
import { newScriptedHarness } from './scripted-harness.js';

const FAULTS = { ...OUTBOUND_FAULTS, ...INBOUND_FAULTS };

describe('the planted faults', () => {
  it('leave no law untried, and break no law that is not there', () => {
    expect(Object.keys(FAULTS).toSorted()).toEqual(LAWS.map(({ id }) => id).toSorted());
    expect(Object.keys(OUTBOUND_FAULTS).length + Object.keys(INBOUND_FAULTS).length).toBe(LAWS.length);
  });
});

describe('a law is broken by an adapter with its planted fault, and by it alone:', () => {
  it.each(LAWS.map((law) => [law.id, law] as const))(
    '%s',
    async (id, law) => {
      const plant = FAULTS[id];
      if (!plant) throw new Error(`No fault is planted for ${id}`);
      const verdict: Verdict = await runLaw(law, async () => planted(await newScriptedHarness(), plant));
      expect(verdict).toMatchObject({ kind: 'broken' });
      // broken as the law says, not by an adapter that falls over itself
      expect(JSON.stringify(verdict)).not.toMatch(/Cannot read|is not a function|private member/);
      expect(await runLaw(law, newScriptedHarness)).toEqual({ kind: 'kept' });
    },
    20_000,
  );
});
