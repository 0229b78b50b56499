import { describe, expect, it } from '@jest/globals';
import { createServer as createTlsServer } from 'node:https';
import { inspect } from 'node:util';
import fc from 'fast-check';
import twilio from 'twilio';
import { Secret, SYSTEM_CLOCK } from '@causeway/platform';
import { validitySeconds } from './create-parameters.js';
import { explainFailure } from './explain-failure.js';
import { TwilioSmsAdapter } from './twilio-sms-adapter.js';
import { BRIDGE, newOutbound, openAttempt } from './testing/simulated-twilio.js';
import { TWILIO_ERRORS } from './twilio-errors.js';

const refusal = (status: number, code: number | undefined) =>
  new twilio.RestException({ statusCode: status, body: { code, message: 'To +14155550123: hello there', status } });
const wrote = { wroteBytes: true };

describe('a failed call', () => {
  it('is explained by its code alone: no sentence of the vendor is passed on', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(400, 401, 404, 429, 500, 503),
        fc.option(fc.integer({ min: 1, max: 99_999 })),
        (status, code) => {
          const outcome = explainFailure(refusal(status, code ?? undefined), wrote);
          expect(inspect(outcome)).not.toMatch(/415555|hello/);
          expect(outcome.vendorCode).toMatch(/^(\d+|http-\d+)$/);
        },
      ),
    );
  });

  it.each([...TWILIO_ERRORS.keys()].map((code) => [code]))('with code %i means what the table says', (code) => {
    const { reason, retry, certainty } = TWILIO_ERRORS.get(code) ?? {};
    expect(explainFailure(refusal(400, code), wrote)).toEqual({
      kind: 'failed',
      reason,
      retry,
      certainty,
      vendorCode: String(code),
    });
  });

  it('with 429 was not sent whatever its code, and says how long to wait', () => {
    const outcome = explainFailure(refusal(429, 20001), { wroteBytes: true, retryAfterMs: 2_000 });
    expect(outcome).toMatchObject({ retry: 'later', certainty: 'not-sent', reason: 'congested', retryAfterMs: 2_000 });
  });

  it('with a server error is unknown even when the code is one of refusal', () => {
    expect(explainFailure(refusal(500, 21211), wrote)).toMatchObject({ retry: 'later', certainty: 'maybe-sent' });
  });

  it('was not sent when the connection could not be made safe', async () => {
    const server = createTlsServer({}); // has no certificate: every handshake fails
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const adapter = new TwilioSmsAdapter({
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: new Secret('token'),
      apiUrl: `https://127.0.0.1:${port}`,
      publicWebhookUrl: 'https://bridge.example',
      bridgeNumbers: [BRIDGE],
      clock: SYSTEM_CLOCK,
      isSimulated: true,
      callTimeoutMs: 1_000,
    });
    const outcome = await adapter.deliver(newOutbound('hello'), openAttempt());
    await new Promise((resolve) => server.close(resolve));
    expect(outcome).toMatchObject({ kind: 'failed', certainty: 'not-sent', reason: 'network-unavailable' });
  });
});

describe('the validity period', () => {
  it('is whole seconds between 5 and 36,000 and never longer than the time left, where Twilio takes so little', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), (leftMs) => {
        const seconds = validitySeconds(1_700_000_000_000 + leftMs, 1_700_000_000_000);
        expect(Number.isInteger(seconds) && seconds >= 5 && seconds <= 36_000).toBe(true);
        if (leftMs >= 5_000) expect(seconds * 1_000).toBeLessThanOrEqual(leftMs);
      }),
    );
  });
});
