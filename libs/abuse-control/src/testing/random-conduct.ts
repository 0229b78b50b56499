import fc from 'fast-check';
import { EVENT_KINDS, GAP_CLASSES } from '../guard-event.js';
import { WEEK_MS, type Observation } from '../guard-store.js';
import { Pseudonyms, weekOf } from '../pseudonyms.js';
import { replayKeys } from '../replay-keys.js';

const STEPS_MS = [1_000, 45_000, 700_000, 3_700_000, 30 * 3_600_000, 5 * 86_400_000] as const;
const NAMES = new Pseudonyms(replayKeys(Buffer.from('conduct')));

/** What three senders do to six recipients over weeks, `tenant` apart from all others. */
export const randomConduct = (tenant: string): fc.Arbitrary<readonly Observation[]> =>
  fc
    .array(
      fc.record({
        sender: fc.constantFrom('a', 'b', 'c'),
        recipient: fc.constantFrom('1', '2', '3', '4', '5', '6'),
        kind: fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom('request', 'message', 'reply') },
          { weight: 1, arbitrary: fc.constantFrom(...EVENT_KINDS, 'look' as const) },
        ),
        stepMs: fc.oneof({ weight: 5, arbitrary: fc.nat(30_000) }, fc.constantFrom(...STEPS_MS)),
        gapClass: fc.option(fc.constantFrom(...GAP_CLASSES), { nil: undefined }),
        country: fc.option(fc.constantFrom('US', 'DE', 'FR'), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 60 },
    )
    .map((steps) => {
      let atMs = (weekOf(Date.now()) + 1) * WEEK_MS;
      return steps.map(({ sender, recipient, kind, stepMs, gapClass, country }) => {
        atMs += stepMs;
        return {
          ...NAMES.pair({ tenant, sender, recipient, atMs }),
          atMs,
          kind,
          ...(gapClass && { gapClass }),
          ...(country && { country }),
        };
      });
    });
