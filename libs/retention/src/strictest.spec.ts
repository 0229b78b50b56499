import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  askedWith,
  PERSONAL_CLASSES,
  policyOf,
  RETENTION_CLASSES,
  TENANT_CLASSES,
  type PolicyLevel,
} from '@causeway/message-model';
import { strictest, type Wishes } from './strictest.js';

const LEVELS: readonly PolicyLevel[] = ['tenant', 'account', 'conversation', 'message'];
const wish = fc.option(fc.integer({ min: -5, max: 20 * 365 * 86_400 }), { nil: undefined });
const anyWishes = fc.record(
  Object.fromEntries(LEVELS.map((level) => [level, fc.array(wish, { maxLength: 3 })] as const)),
  { requiredKeys: [] },
);
const anyClass = fc.constantFrom(...RETENTION_CLASSES);

describe('the table of policies', () => {
  it.each(RETENTION_CLASSES)('has bounds around the default of %s, and a reason', (name) => {
    const policy = policyOf(name);
    expect(policy.minSeconds).toBeLessThanOrEqual(policy.defaultSeconds);
    expect(policy.defaultSeconds).toBeLessThanOrEqual(policy.maxSeconds);
    expect(policy.reason.length).toBeGreaterThan(20);
    const { levels } = policy;
    expect(levels.includes('tenant')).toBe(TENANT_CLASSES.some((adjustable) => adjustable === askedWith(name)));
    expect(levels.includes('account')).toBe(PERSONAL_CLASSES.some((adjustable) => adjustable === askedWith(name)));
  });

  it.each(RETENTION_CLASSES)(
    'says of %s who can change it, or why it is the same for the whole installation',
    (name) => {
      const { levels, fixedBecause, defaultSeconds, minSeconds, maxSeconds } = policyOf(name);
      expect(fixedBecause === undefined).toBe(levels.length > 0);
      if (fixedBecause !== undefined) expect(fixedBecause.length).toBeGreaterThan(40);
      if (fixedBecause !== undefined && policyOf(name).keptBy === 'servers')
        expect([minSeconds, maxSeconds]).toEqual([defaultSeconds, defaultSeconds]);
    },
  );
});

describe('strictest', () => {
  it('never keeps longer than any one of those who may ask wanted', () => {
    fc.assert(
      fc.property(anyClass, anyWishes, (name, wishes) => {
        const { keepSeconds } = strictest(name, wishes);
        const { levels, minSeconds, maxSeconds } = policyOf(name);
        expect(keepSeconds).toBeGreaterThanOrEqual(minSeconds);
        expect(keepSeconds).toBeLessThanOrEqual(maxSeconds);
        for (const level of levels)
          for (const seconds of wishes[level] ?? [])
            if (seconds !== undefined) expect(keepSeconds).toBeLessThanOrEqual(Math.max(minSeconds, seconds));
      }),
    );
  });

  it('keeps longer than the default for nobody but a tenant', () => {
    fc.assert(
      fc.property(anyClass, anyWishes, (name, wishes) => {
        const { tenant: _tenant, ...others } = wishes;
        expect(strictest(name, others).keepSeconds).toBeLessThanOrEqual(policyOf(name).defaultSeconds);
      }),
    );
  });

  it('grows stricter with every wish that is added', () => {
    fc.assert(
      fc.property(
        anyClass,
        anyWishes,
        fc.constantFrom('account', 'conversation', 'message'),
        wish,
        (name, wishes, level, more) => {
          const stricter: Wishes = { ...wishes, [level]: [...(wishes[level] ?? []), more] };
          expect(strictest(name, stricter).keepSeconds).toBeLessThanOrEqual(strictest(name, wishes).keepSeconds);
        },
      ),
    );
  });

  it('does not depend on the order of the wishes of one level', () => {
    fc.assert(
      fc.property(anyClass, fc.array(wish, { maxLength: 5 }), (name, wishes) => {
        const there = strictest(name, { tenant: wishes, conversation: wishes });
        const back = wishes.toReversed();
        expect(strictest(name, { tenant: back, conversation: back }).keepSeconds).toBe(there.keepSeconds);
      }),
    );
  });

  it('says who decided', () => {
    expect(strictest('undelivered-envelope', {})).toEqual({ keepSeconds: 604_800, decidedBy: 'default' });
    expect(strictest('undelivered-envelope', { tenant: [86_400], conversation: [5] })).toEqual({
      keepSeconds: 5,
      decidedBy: 'conversation',
    });
    expect(strictest('undelivered-envelope', { tenant: [30 * 86_400], account: [20 * 86_400] })).toEqual({
      keepSeconds: 20 * 86_400,
      decidedBy: 'account',
    });
    expect(strictest('consent', { tenant: [1] })).toEqual({ keepSeconds: 0, decidedBy: 'default' });
    expect(strictest('receipts', { tenant: [1] })).toEqual({ keepSeconds: 3_600, decidedBy: 'tenant' });
  });
});
