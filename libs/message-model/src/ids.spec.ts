import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  messageIdFromBytes,
  messageIdToBytes,
  mintAccountId,
  mintBoxId,
  mintContactId,
  mintConversationId,
  mintLaneId,
  mintTransitId,
  parseAccountId,
  parseBoxId,
  parseContactId,
  parseConversationId,
  parseDeviceId,
  parseLaneId,
  parseMessageId,
  parseTenantId,
  parseTransitId,
  purgeHourOf,
  transitIdRandom,
} from './ids.js';
import { anyMessageId } from './testing/index.js';

describe('ids', () => {
  it.each([
    ['an account', mintAccountId, parseAccountId],
    ['a contact', mintContactId, parseContactId],
    ['a conversation', mintConversationId, parseConversationId],
    ['a lane', mintLaneId, parseLaneId],
    ['a box', mintBoxId, parseBoxId],
  ] as const)('of %s are random and read by their own parser', (_, mint, parse) => {
    const id = mint();
    expect(parse(id)).toBe(id);
    expect(mint()).not.toBe(id);
  });

  it('of one kind are not taken for another', () => {
    expect(parseContactId(mintAccountId())).toBeUndefined();
    expect(parseBoxId(mintLaneId())).toBeUndefined();
  });

  it('of devices are 1 to 127', () => {
    expect([0, 1, 127, 128, 1.5, NaN].map(parseDeviceId)).toEqual([undefined, 1, 127, undefined, undefined, undefined]);
  });

  it('of tenants are short lower-case names', () => {
    expect(parseTenantId('acme-2')).toBe('acme-2');
    for (const text of ['', '-a', 'Acme', 'a'.repeat(64), 'a/b']) expect(parseTenantId(text)).toBeUndefined();
  });

  it('of messages go to bytes and back', () => {
    fc.assert(
      fc.property(anyMessageId, (id) => {
        expect(messageIdFromBytes(messageIdToBytes(id))).toBe(id);
        expect(parseMessageId(id)).toBe(id);
      }),
    );
  });

  it('in transit carry the hour they are purged in, never an earlier one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (purgeAtMs) => {
        const id = mintTransitId('m', purgeAtMs);
        expect(parseTransitId(id)).toBe(id);
        expect(purgeHourOf(id) * 3_600_000).toBeGreaterThanOrEqual(purgeAtMs);
        expect(purgeHourOf(id) * 3_600_000 - purgeAtMs).toBeLessThan(3_600_000);
        expect(transitIdRandom(id)).toHaveLength(22);
      }),
    );
  });

  it('are never read out of garbage, and garbage never throws', () => {
    const parsers = [
      parseAccountId,
      parseContactId,
      parseConversationId,
      parseLaneId,
      parseBoxId,
      parseMessageId,
      parseTransitId,
      parseTenantId,
    ];
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const parse of parsers) expect([undefined, text]).toContain(parse(text));
      }),
    );
  });
});
