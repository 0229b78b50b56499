import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { callGateway } from './http-call.js';
import { problem, ScriptedGateway, type ScriptedAnswer } from './testing/scripted-gateway.js';

const answer = z.object({ value: z.int() });
let gateway: ScriptedGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

async function answering(...answers: ScriptedAnswer[]): Promise<ScriptedGateway> {
  gateway = await ScriptedGateway.start(() => answers.shift() ?? { status: 500 });
  return gateway;
}

const call = (url: string, attempts = 4) =>
  callGateway(
    { method: 'POST', path: '/v1/things', body: { a: 1 }, idempotencyKey: 'key', answer },
    { gateway: url, token: 'token', attempts },
  );

describe('a call to the gateway', () => {
  it('carries its idempotency key as a structured string and comes again after a failure', async () => {
    const { url, calls } = await answering({ status: 503 }, { status: 200, body: { value: 7 } });
    expect(await call(url)).toEqual({ value: 7 });
    expect(calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['"key"', '"key"']);
  });

  it('waits as long as it is told to', async () => {
    const limited = { ...problem(429, 'rate-limited'), headers: { 'retry-after': '1' } };
    const { url } = await answering(limited, { status: 200, body: { value: 7 } });
    const startedAt = Date.now();
    await call(url);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('is not repeated when it was refused, and says why', async () => {
    const errors = [{ pointer: '/to', detail: 'is not an address' }];
    const { url, calls } = await answering(problem(400, 'invalid-request', { errors, extra: 1 }));
    await expect(call(url)).rejects.toMatchObject({
      name: 'ProblemError',
      code: 'invalid-request',
      status: 400,
      errors,
      document: { extra: 1 },
    });
    expect(calls).toHaveLength(1);
  });

  it('ends as unreachable when nobody answers', async () => {
    await expect(call('http://127.0.0.1:9', 2)).rejects.toMatchObject({ name: 'GatewayUnreachableError' });
  });

  it('does not take an answer of another form for an answer', async () => {
    const { url } = await answering({ status: 200, body: { value: 'seven' } });
    await expect(call(url)).rejects.toMatchObject({ name: 'GatewayUnreachableError' });
  });
});
