import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../support/seeded-random.js';
import { compareAnswers } from './compare-answers.js';
import { probeNumbers } from './probe-numbers.js';
import { questionsOf } from './questions.js';
import { TimingField } from './timing-field.js';

/**
 * Rounds are asked until the planted difference stands out from what else this machine does; then as many show any other. Half a millisecond
 * takes the ten thousand rounds of `npm run test:timing` where other tests run beside.
 */
const ROUNDS = { leastRounds: 100, rounds: 1_000, plantedMs: 3, isInTurn: true } as const;
const PROBED = 100;
const WITHIN_MS = 300_000;

let field: TimingField;
beforeAll(async () => {
  field = await TimingField.open();
}, 120_000);
afterAll(async () => field.close(), 60_000);

describe('whoever is asked about: somebody, who refused, who blocked, or nobody', () => {
  it.each(['route', 'explanation', 'request', 'decision', 'message', 'number', 'alias'])(
    'the answers to a %s look the same and take the same time, where a little more is found',
    async (name) => {
      const question = questionsOf(field).find((one) => one.name === name);
      if (!question) throw new Error('there is no such question');
      const { gatewayUrl } = field.world;
      const { looks, compared } = await compareAnswers(question, {
        gatewayUrl,
        random: new SeededRandom(),
        ...ROUNDS,
      });
      expect(looks).toEqual([expect.stringMatching(/^(20\d|404), /)]);
      expect(compared.filter(({ isFound }) => isFound).map(({ kind }) => kind)).toEqual(['planted']);
    },
    WITHIN_MS,
  );

  it(
    'numbers that are linked and not to be found look like numbers that nobody linked, whatever is asked of them',
    async () => {
      const { gatewayUrl } = field.world;
      const { looks, linked, isFindableSeen } = await probeNumbers(field, {
        gatewayUrl,
        random: new SeededRandom(),
        numbers: PROBED,
      });
      expect(looks).toEqual({
        number: [expect.stringMatching(/^201, /)],
        route: [expect.stringMatching(/^200, /)],
        explanation: [expect.stringMatching(/^200, /)],
        inbox: [expect.stringMatching(/^200, /)],
        'past the limit': [expect.stringMatching(/^429, /)],
      });
      expect(isFindableSeen).toBe(true);
      expect(linked.isFound).toBe(false);
    },
    WITHIN_MS,
  );
});
