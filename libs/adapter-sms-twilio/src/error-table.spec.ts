import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import twilio from 'twilio';
import fc from 'fast-check';
import { z } from 'zod';
import { explainFailure } from './explain-failure.js';
import { isFinalStatus, MESSAGE_STATUSES, readStatus } from './message-status.js';
import { TWILIO_ERRORS } from './twilio-errors.js';

const PERMANENT = { retry: 'never', certainty: 'not-sent' } as const;
const DELAYED = { retry: 'later', certainty: 'not-sent' } as const;

/** What the operator's reference says of each code: its class in our terms. */
const REFERENCE: readonly (readonly [codes: readonly number[], expected: object])[] = [
  [[20003, 30002, 30032, 30034, 30035], { reason: 'misconfigured', ...PERMANENT }],
  [[20429, 14107, 21611, 30001, 30017, 30022, 30023], { reason: 'congested', ...DELAYED }],
  [[21211, 30005], { reason: 'recipient-unknown', ...PERMANENT }],
  [[21614, 21612, 30006, 63036], { reason: 'recipient-unreachable', ...PERMANENT }],
  [[21212, 21606, 21608, 90007], { reason: 'misconfigured', ...PERMANENT }],
  [[21408], { reason: 'sender-not-permitted', ...PERMANENT }],
  [[21602, 21619, 21620], { reason: 'content-rejected', ...PERMANENT }],
  [[21617], { reason: 'too-large', ...PERMANENT }],
  [[21610], { reason: 'recipient-opted-out', ...PERMANENT }],
  [[30003], { reason: 'recipient-unreachable', ...DELAYED }],
  [[30004, 30007], { reason: 'blocked', ...PERMANENT }],
  [[30008], { reason: 'unknown', ...DELAYED }],
  [[30010], PERMANENT],
  [[30410], { retry: 'later', certainty: 'maybe-sent' }],
  [[30036], { reason: 'expired', ...PERMANENT }],
  [[11200, 23002, 30409], PERMANENT],
];

const refusal = (code: number) => new twilio.RestException({ statusCode: 400, body: { code, message: 'x' } });

describe('the table of codes', () => {
  it.each(REFERENCE.flatMap(([codes, expected]) => codes.map((code) => [code, expected] as const)))(
    'has a row for %i, of its class',
    (code, expected) => expect(TWILIO_ERRORS.get(code)).toMatchObject(expected),
  );

  it('says something of each code and quotes no one', () => {
    for (const { says } of TWILIO_ERRORS.values()) expect(says).toMatch(/^[A-Z].{10,}[^.]$/);
  });

  it('is silent about a code it lacks: later, and maybe sent', () => {
    const unknown = fc.integer({ min: 10_000, max: 99_999 }).filter((code) => !TWILIO_ERRORS.has(code));
    fc.assert(
      fc.property(unknown, (code) => {
        expect(explainFailure(refusal(code), { wroteBytes: true })).toEqual({
          kind: 'failed',
          reason: 'unknown',
          retry: 'later',
          certainty: 'maybe-sent',
          vendorCode: String(code),
        });
        expect(readStatus('undelivered', code)).toEqual({
          status: 'failed',
          reason: 'unknown',
          vendorCode: String(code),
        });
      }),
    );
  });
});

describe('the table of statuses', () => {
  const document = join(process.cwd(), '../shared/vectors/twilio/twilio_api_v2010.json');
  if (existsSync(document)) {
    it("has every status of Twilio's document and no other", () => {
      const { components } = z
        .object({
          components: z.object({
            schemas: z.object({ message_enum_status: z.object({ enum: z.array(z.string()) }) }),
          }),
        })
        .parse(JSON.parse(readFileSync(document, 'utf8')));
      expect(Object.keys(MESSAGE_STATUSES).toSorted()).toEqual(components.schemas.message_enum_status.enum.toSorted());
    });
  } else process.stdout.write(`Skipped: Twilio's OpenAPI document, there is no ${document}\n`);

  it('leaves a failure open after which the carrier may still have it', () => {
    expect(readStatus('undelivered', 30410)).toEqual({ status: 'sent', vendorCode: '30410' });
  });

  it('takes the arrival of some parts for no arrival of the message', () =>
    expect(readStatus('partially_delivered', undefined)).toEqual({ status: 'sent' }));

  it('says nothing of an inbound message', () => expect(readStatus('received', undefined)).toBeUndefined());

  it('takes silence for longer than any validity as the end, and not before', () => {
    const createdAtMs = 1_700_000_000_000;
    expect(isFinalStatus('sent', { createdAtMs, nowMs: createdAtMs + 36_000_000 })).toBe(false);
    expect(isFinalStatus('sent', { createdAtMs, nowMs: createdAtMs + 36_000_001 })).toBe(true);
    expect(isFinalStatus('sending', { createdAtMs, nowMs: createdAtMs + 90_000_000 })).toBe(false);
    expect(isFinalStatus('failed', { createdAtMs, nowMs: createdAtMs })).toBe(true);
  });
});
