import { describe, expect, it } from '@jest/globals';
import type { CarrierFact } from './carrier-truth.js';
import { judge, violationsOf, type Told } from './judge-outcomes.js';

const fact = (event: CarrierFact['event'], body: string): CarrierFact => ({
  at: '2026-01-01T00:00:00Z',
  event,
  sid: 'SM1',
  from: '+14155550100',
  to: '+14155550123',
  body,
});
const took = (body: string): readonly CarrierFact[] => [fact('accepted', body), fact('shown', body)];
const told = (state: string, ...attempts: readonly string[]): Told => ({ text: 'hello', state, attempts });

describe('what senders are told, held against the carrier', () => {
  it.each([
    ['delivered and there', told('delivered', 'delivered'), took('hello')],
    ['unconfirmed and there', told('unconfirmed', 'unconfirmed'), took('hello')],
    ['unconfirmed and never taken', told('unconfirmed', 'unconfirmed'), []],
    ['refused, tried again and taken once', told('delivered', 'not-sent', 'delivered'), took('hello')],
    ['failed and never taken', told('failed', 'failed'), []],
  ])('passes when it is %s', (_what, one, facts) => {
    expect(violationsOf(judge([one], facts))).toEqual([]);
  });

  it.each([
    ['lost', told('sending', 'unknown'), took('hello')],
    ['lost', told('delivered', 'delivered'), [fact('accepted', 'hello')]],
    ['sent again blindly', told('delivered', 'delivered'), [...took('hello'), ...took('hello')]],
    ['untrue', told('failed', 'failed'), took('hello')],
    ['without a trace', told('unconfirmed', 'accepted'), took('hello')],
    ['without a trace', told('delivered'), took('hello')],
  ])('finds what was %s', (what, one, facts) => {
    expect(violationsOf(judge([one], facts))).toEqual([expect.stringMatching(new RegExp(`^${what}: hello`))]);
  });
});
