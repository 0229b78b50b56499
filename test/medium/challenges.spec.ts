import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toWireJson } from '@causeway/api-contract';
import { toBase64Url, toBytes, type Bytes } from '@causeway/message-model';
import { CHALLENGE_PERIOD_MS } from '@causeway/message-flow';
import {
  decodeToken,
  encodeToken,
  issueToken,
  makeIssuerKey,
  readIssuerDirectory,
  readTokenKey,
  readWwwAuthenticate,
  requestToken,
  TOKEN_REQUEST_MEDIA_TYPE,
  TOKEN_RESPONSE_MEDIA_TYPE,
  tokenKeyOf,
} from '@causeway/privacy-pass';
import { must, type Person } from '../support/in-process.js';
import { headerTo } from '../support/native-message.js';
import { OPERATOR_TOKEN, ReportingGateway } from '../support/reporting-gateway.js';
import { say, type Answer } from '../support/raw-device.js';

const MINUTE_MS = 60_000;

let gateway: ReportingGateway;
beforeAll(async () => {
  gateway = await ReportingGateway.open();
}, 60_000);
afterAll(async () => gateway.close(), 30_000);

const operator = (method: string, path: string, body?: unknown) =>
  say(`${gateway.url}${path}`, method, {
    ...(body === undefined ? {} : { body }),
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
  });

let strangers = 0;
function write(from: Person): Promise<Answer> {
  const address = `mimi://causeway.local/u/somebody-${(strangers += 1)}`;
  const request = headerTo(gateway.bridge, address);
  const body = JSON.parse(toWireJson({ ...request, to: { ...request.to, address } }));
  return gateway.call(from, 'POST', '/v1/messages', body, { 'idempotency-key': `"${request.messageId}"` });
}

/** Somebody who writes to so many strangers that the next one is held, and the refusal that says so. */
async function held(
  name: string,
): Promise<{ readonly person: Person; readonly refusal: Answer; readonly path: string }> {
  const person = await gateway.bridge.person(name);
  for (let sent = 0; sent < 200; sent += 1) {
    const refusal = await write(person);
    const level = refusal.document['challenges'] ? 2 : 0;
    if (level === 2) {
      const path = `/v1/abuse/decisions/${String(refusal.document['decision'])}`;
      return { person, refusal, path };
    }
    gateway.bridge.clock.set(gateway.bridge.clock.nowMs() + 31_000);
  }
  throw new Error('nothing was held');
}

async function voucher(): Promise<string> {
  const made = await operator('POST', '/v1/operator/vouchers', { count: 1 });
  expect(made.status).toBe(201);
  return String((made.document['vouchers'] as readonly string[])[0]);
}

const exchange = async (of: string, request: Uint8Array) => {
  const answer = await fetch(`${gateway.url}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${of}`, 'content-type': TOKEN_REQUEST_MEDIA_TYPE },
    body: toBytes(request),
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    bytes: toBytes(Buffer.from(await answer.arrayBuffer())),
  };
};

/** A token for what `refusal` asks, by the headers of the refusal alone. */
async function tokenFor(refusal: Answer): Promise<Bytes> {
  const asked = must(readWwwAuthenticate(refusal.headers.get('www-authenticate') ?? ''));
  const pending = requestToken(asked.challenge, must(readTokenKey(asked.tokenKey)));
  const signed = await exchange(await voucher(), pending.request);
  expect(signed).toMatchObject({ status: 200, type: TOKEN_RESPONSE_MEDIA_TYPE });
  return must(pending.finish(signed.bytes));
}

const answer = (person: Person, path: string, token: Bytes) =>
  gateway.call(person, 'POST', `${path}/challenges`, { kind: 'private-token', token: toBase64Url(token) });

describe('a token', () => {
  it('lets go what a decision holds, once, at the pace of level 1', async () => {
    const { person, refusal, path } = await held('tess');
    expect(refusal.status).toBe(429);
    expect(refusal.headers.get('ratelimit')).toMatch(/^"new-people";r=0;t=\d+$/);
    const token = await tokenFor(refusal);
    expect(await answer(person, path, token)).toMatchObject({ status: 200, document: { state: 'passed' } });
    gateway.bridge.clock.set(gateway.bridge.clock.nowMs() + MINUTE_MS);
    expect((await write(person)).status).toBe(202);
    const next = await write(person);
    expect(next).toMatchObject({ status: 429, document: { rateLimit: { quota: 1, windowSeconds: 30 } } });
    expect(next.document['challenges']).toBeUndefined();

    expect(await answer(person, path, token)).toMatchObject({ status: 409, document: { code: 'token-spent' } });
    const digests = await gateway.bridge.stores.database.query<{ digest: Buffer }>(
      'SELECT digest FROM transit.spent_token',
    );
    expect(digests).toHaveLength(1);
    const { nonce, challengeDigest } = must(decodeToken(token));
    const known = createHash('sha256').update(nonce).update(challengeDigest).digest('hex');
    expect(known.startsWith(Buffer.from(must(digests[0]).digest).toString('hex'))).toBe(true);
  }, 60_000);

  it('is refused forged, of another issuer, for another person, for another decision and too late', async () => {
    const [one, other] = [await held('theo'), await held('tara')];
    const token = await tokenFor(one.refusal);
    const refused = { status: 422, document: { code: 'token-refused' } };

    const read = must(decodeToken(token));
    const authenticator = toBytes(read.authenticator);
    authenticator[200] = (authenticator[200] ?? 0) ^ 1;
    expect(await answer(one.person, one.path, encodeToken({ ...read, authenticator }))).toMatchObject(refused);

    const ours = makeIssuerKey();
    const foreign = tokenKeyOf(ours);
    const { challenge } = must(readWwwAuthenticate(one.refusal.headers.get('www-authenticate') ?? ''));
    const pending = requestToken(challenge, foreign);
    const selfMade = must(pending.finish(must(issueToken(ours, foreign, pending.request))));
    expect(await answer(one.person, one.path, selfMade)).toMatchObject(refused);

    expect(await answer(other.person, other.path, token)).toMatchObject(refused);
    expect((await answer(other.person, one.path, token)).status).toBe(404);

    const later = 2 * CHALLENGE_PERIOD_MS;
    gateway.bridge.clock.set(gateway.bridge.clock.nowMs() + later);
    expect([404, 422]).toContain((await answer(one.person, one.path, token)).status);
    const rows = await gateway.bridge.stores.database.query('SELECT FROM transit.spent_token');
    expect(rows).toHaveLength(1);
  }, 60_000);

  it('answers its challenge for half an hour longer, and then no more', async () => {
    const { person, refusal, path } = await held('tim');
    const token = await tokenFor(refusal);
    const { clock, stores } = gateway.bridge;
    // the decision is made to outlive the challenge: only that ends
    await stores.database.query(`UPDATE transit.abuse_decision SET until_at = until_at + interval '1 day'`);
    const period = Math.floor(clock.nowMs() / CHALLENGE_PERIOD_MS);
    const askedIn = must(readWwwAuthenticate(refusal.headers.get('www-authenticate') ?? '')).maxAgeSeconds;
    expect(askedIn).toBeLessThanOrEqual((2 * CHALLENGE_PERIOD_MS) / 1000);
    clock.set((period + 3) * CHALLENGE_PERIOD_MS);
    expect(await answer(person, path, token)).toMatchObject({ status: 422, document: { code: 'token-refused' } });
  }, 60_000);

  it('is issued once for a voucher, and a request that is none uses none up', async () => {
    const asked = await say(`${gateway.url}/.well-known/private-token-issuer-directory`, 'GET');
    expect(asked.contentType).toContain('application/private-token-issuer-directory');
    const directory = must(readIssuerDirectory(JSON.parse(asked.text)));
    expect(directory.requestUri).toBe('/v1/tokens');
    const key = must(readTokenKey(must(directory.tokenKeys[0])));
    const { request } = requestToken(new Uint8Array(40), key);
    const one = await voucher();
    expect((await exchange(one, request.subarray(1))).status).toBe(422);
    expect((await exchange(one, request)).status).toBe(200);
    expect((await exchange(one, request)).status).toBe(401);
    expect((await exchange('AAAAAAAAAAAAAAAAAAAAAA', request)).status).toBe(401);
    expect(
      (
        await say(`${gateway.url}/v1/tokens`, 'POST', {
          headers: { authorization: `Bearer ${await voucher()}` },
          body: {},
        })
      ).status,
    ).toBe(415);
    const expired = await voucher();
    gateway.bridge.clock.set(gateway.bridge.clock.nowMs() + 8 * 86_400_000);
    expect((await exchange(expired, request)).status).toBe(401);
  });
});

describe('the approval of an operator', () => {
  it('is asked for, is shown in the queue without whom it was about, and lets go what was held', async () => {
    const { person, path } = await held('olly');
    const offers = await gateway.call(person, 'GET', `${path}/challenges`);
    expect(offers.text).toContain('operator-approval');
    const ask = () => gateway.call(person, 'POST', `${path}/challenges`, { kind: 'operator-approval' });
    expect(await ask()).toMatchObject({ status: 200, document: { state: 'asked' } });
    expect(await ask()).toMatchObject({ status: 200, document: { state: 'asked' } });
    expect((await write(person)).status).toBe(429);
    const queue = await operator('GET', '/v1/operator/abuse/decisions');
    const id = must(path.split('/').at(-1));
    expect(queue.text).toContain(id);
    expect(queue.text).not.toContain('somebody');
    const verdict = () => operator('POST', `/v1/operator/abuse/decisions/${id}`, { verdict: 'approved' });
    expect(await verdict()).toMatchObject({ status: 200, document: { state: 'passed' } });
    expect((await verdict()).status).toBe(200);
    gateway.bridge.clock.set(gateway.bridge.clock.nowMs() + MINUTE_MS);
    expect((await write(person)).status).toBe(202);
    expect((await gateway.call(person, 'GET', `${path}/challenges`)).document).toEqual({ challenges: [] });
  }, 60_000);

  it('is not to be had for a decision that is over, nor by anybody else', async () => {
    const { person, path } = await held('oona');
    const stranger = await gateway.bridge.person('otto');
    expect((await gateway.call(stranger, 'POST', `${path}/challenges`, { kind: 'operator-approval' })).status).toBe(
      404,
    );
    gateway.bridge.clock.set(gateway.bridge.clock.nowMs() + 61 * MINUTE_MS);
    expect((await gateway.call(person, 'POST', `${path}/challenges`, { kind: 'operator-approval' })).status).toBe(404);
  }, 60_000);
});
