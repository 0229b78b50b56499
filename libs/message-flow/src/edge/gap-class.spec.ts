import { describe, expect, it } from '@jest/globals';
import { gapClassOf } from './gap-class.js';

describe('gapClassOf', () => {
  it.each([
    ['+14155550123', [], 'far'],
    ['+14155550123', ['+14155550123'], 'same'],
    ['+14155550123', ['+14155550113'], 'near'],
    ['+14155550123', ['+14155550133'], 'near'],
    ['+14155550123', ['+14155550112', '+14155550134'], 'far'],
    ['+999999999999999', ['+999999999999998'], 'near'],
  ] as const)('of %s beside %j is %s', (number, others, gap) => {
    expect(gapClassOf(number, others)).toBe(gap);
  });
});
