import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { mintAccountId, messageIdFromBytes, parseTenantId, toBytes } from '@causeway/message-model';
import { ManualClock } from '@causeway/platform';
import fc from 'fast-check';
import { KeyChain, newChain, REPORT_DAYS } from './key-chain.js';
import { ReportTokens, type CarriedMessage } from './report-tokens.js';
import { weighReporters, weightOf } from './weigh-reporters.js';

const DAY_MS = 86_400_000;

function setting() {
  const clock = new ManualClock();
  const state = newChain(toBytes(randomBytes(32)), REPORT_DAYS, clock.nowMs());
  return { clock, tokens: new ReportTokens(new KeyChain(state, REPORT_DAYS), clock) };
}

function carried(): CarriedMessage {
  const messageId = messageIdFromBytes(Uint8Array.of(1, ...randomBytes(31)));
  const tenant = parseTenantId('default');
  if (!messageId || !tenant) throw new Error('a fixture is not valid');
  return { tenant, messageId, sender: mintAccountId(), recipient: mintAccountId(), assurance: 'verified' };
}

describe('a report token', () => {
  it('is genuine for its message for seven days after its own, then expired', () => {
    const { clock, tokens } = setting();
    const message = carried();
    const token = tokens.mint(message);
    const kinds = Array.from({ length: 10 }, (_, day) => {
      if (day > 0) clock.advanceMs(DAY_MS);
      return tokens.verify(token, message).kind;
    });
    expect(kinds).toEqual([...Array<string>(8).fill('genuine'), 'expired', 'expired']);
  });

  it('is forged for any other message, sender, recipient, tenant or assurance', () => {
    const { tokens } = setting();
    const message = carried();
    const token = tokens.mint(message);
    const other = carried();
    const tenant = parseTenantId('other');
    if (!tenant) throw new Error('a fixture is not valid');
    const claims: readonly Partial<CarriedMessage>[] = [
      { messageId: other.messageId },
      { sender: other.sender },
      { recipient: other.recipient },
      { sender: message.recipient, recipient: mintAccountId() },
      { tenant },
      { assurance: 'carrier' },
    ];
    for (const claim of claims) expect(tokens.verify(token, { ...message, ...claim })).toEqual({ kind: 'forged' });
  });

  it('is not genuine with any bit changed, of whatever length', () => {
    const { tokens } = setting();
    const message = carried();
    const token = tokens.mint(message);
    fc.assert(
      fc.property(fc.nat({ max: token.length * 8 - 1 }), (bit) => {
        const changed = toBytes(token);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(tokens.verify(changed, message).kind).not.toBe('genuine');
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(tokens.verify(bytes, message).kind).not.toBe('genuine');
      }),
    );
  });

  it('is recognised when it is used again, and two tokens are never taken for one', () => {
    const { tokens } = setting();
    const digestOf = (message: CarriedMessage) => {
      const verdict = tokens.verify(tokens.mint(message), message);
      return verdict.kind === 'genuine' ? Buffer.from(verdict.usedDigest).toString('hex') : undefined;
    };
    const message = carried();
    expect(digestOf(message)).toBe(digestOf(message));
    expect(digestOf(message)).not.toBe(digestOf(carried()));
  });
});

describe('what a report counts', () => {
  it('is all for who is new, less for who reports many whom nobody else reports, never more than one', () => {
    expect(weightOf({ reported: 0, confirmed: 0 })).toBe(1);
    expect(weightOf({ reported: 8, confirmed: 8 })).toBe(1);
    expect(weightOf({ reported: 8, confirmed: 0 })).toBe(0.2);
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), fc.nat({ max: 1000 }), (reported, confirmed) => {
        const weight = weightOf({ reported, confirmed });
        expect(weight).toBeGreaterThan(0);
        expect(weight).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('adds up over those who reported', () => {
    const reporters = [
      { reported: 1, confirmed: 1 },
      { reported: 9, confirmed: 1 },
    ];
    expect(weighReporters(reporters)).toEqual({ distinct: 2, weighted: 1.2 });
    expect(weighReporters(reporters.slice(1))).toMatchObject({ distinct: 1 });
  });
});
