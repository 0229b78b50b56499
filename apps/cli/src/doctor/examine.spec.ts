import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock, SYSTEM_CLOCK } from '@causeway/platform';
import { createSimulator, type Simulator } from '../../../simulator/src/index.js';
import type { Env } from '../command.js';
import { examine, isReady } from './examine.js';
import type { Finding } from './finding.js';

const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
const AUTH_TOKEN = 'a-token-that-nobody-may-see';
const BRIDGE = '+14155550100';

let simulator: Simulator;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-doctor-'));
  simulator = await createSimulator({
    port: 0,
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    bridgeNumbers: [BRIDGE],
  });
});
afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

const settings = (changes: Env = {}): Env => ({
  CAUSEWAY_SMS_PROVIDER: 'twilio',
  CAUSEWAY_TWILIO_ACCOUNT_SID: ACCOUNT_SID,
  CAUSEWAY_TWILIO_AUTH_TOKEN: AUTH_TOKEN,
  CAUSEWAY_TWILIO_API_URL: simulator.url,
  CAUSEWAY_BRIDGE_NUMBERS: BRIDGE,
  CAUSEWAY_EDGE_PUBLIC_URL: 'https://bridge.invalid/causeway',
  CAUSEWAY_EDGE_KEY_FOLDER: folder,
  CAUSEWAY_DATA_FOLDER: folder,
  ...changes,
});

const look = (changes: Env = {}, mayFix = false) => examine(settings(changes), { clock: SYSTEM_CLOCK, mayFix });
const found = (findings: readonly Finding[], check: string): Finding | undefined =>
  findings.find((one) => one.check.startsWith(check));
const statusOf = (findings: readonly Finding[], check: string) => found(findings, check)?.status;

describe('the doctor', () => {
  it('tells that the webhook is missing, sets it when allowed, and is content afterwards', async () => {
    const before = await look();
    expect(found(before, 'webhook')).toMatchObject({ status: 'problem', isFixable: true });
    expect(isReady(before)).toBe(false);
    expect(statusOf(await look({}, true), 'webhook')).toBe('fixed');
    const after = await look();
    expect(statusOf(after, 'webhook')).toBe('ok');
    expect(isReady(after)).toBe(true);
    const moved = await look({ CAUSEWAY_EDGE_PUBLIC_URL: 'https://elsewhere.invalid' });
    expect(found(moved, 'webhook')?.says).toBe('What people write is posted to another address.');
  });

  it('changes nothing unless it is told to', async () => {
    await look();
    const { counts } = (await (await fetch(`${simulator.url}/log`)).json()) as { counts: Record<string, number> };
    expect(counts['update-number']).toBeUndefined();
    expect(counts['create']).toBeUndefined();
  });

  it('prints neither the token nor a number in full, whatever it finds', async () => {
    const wrong = { CAUSEWAY_TWILIO_AUTH_TOKEN: 'another-secret-token' };
    const all = [
      await look(),
      await look({}, true),
      await look(wrong),
      await look({ CAUSEWAY_BRIDGE_NUMBERS: '+14155550177' }),
    ];
    const printed = JSON.stringify(all);
    for (const secret of [AUTH_TOKEN, 'another-secret-token', '4155550100', '4155550177', ACCOUNT_SID])
      expect(printed).not.toContain(secret);
  });

  it('tells a wrong token, a number that is not ours, a carrier that is away, and settings that cannot be', async () => {
    expect(found(await look({ CAUSEWAY_TWILIO_AUTH_TOKEN: 'wrong' }), 'credentials')).toMatchObject({
      status: 'problem',
      says: expect.stringContaining('20003'),
    });
    expect(statusOf(await look({ CAUSEWAY_BRIDGE_NUMBERS: '+14155550177' }), 'number')).toBe('problem');
    expect(found(await look({ CAUSEWAY_TWILIO_API_URL: 'http://127.0.0.1:9' }), 'credentials')?.says).toBe(
      'Twilio does not answer.',
    );
    expect(await look({ CAUSEWAY_TWILIO_ACCOUNT_SID: '' })).toMatchObject([{ check: 'settings', status: 'problem' }]);
    expect(await look({ CAUSEWAY_NO_SUCH_THING: '1' })).toMatchObject([{ check: 'settings', status: 'problem' }]);
  });

  it('tells a clock that is wrong', async () => {
    const behind = new ManualClock(Date.now() - 20_000);
    const lost = new ManualClock(Date.now() - 600_000);
    expect(statusOf(await look(), 'clock')).toBe('ok');
    expect(statusOf(await examine(settings(), { clock: behind, mayFix: false }), 'clock')).toBe('warning');
    expect(statusOf(await examine(settings(), { clock: lost, mayFix: false }), 'clock')).toBe('problem');
  });

  it('tells a key folder that others may enter', async () => {
    expect(statusOf(await look(), 'key-folder')).toBe('ok');
    await chmod(folder, 0o750);
    expect(statusOf(await look(), 'key-folder')).toBe('problem');
    expect(statusOf(await look({ CAUSEWAY_EDGE_KEY_FOLDER: join(folder, 'none') }), 'key-folder')).toBe('skipped');
  });

  it('tells a database and a Redis that are away', async () => {
    const away = {
      CAUSEWAY_DATABASE_URL: 'postgres://127.0.0.1:9/none',
      CAUSEWAY_QUEUE_BACKEND: 'redis',
      CAUSEWAY_REDIS_URL: 'redis://127.0.0.1:9',
    };
    const findings = await look(away);
    expect([statusOf(findings, 'database'), statusOf(findings, 'queue')]).toEqual(['problem', 'problem']);
  });

  it('tells a public URL at which something else answers, and one that Twilio cannot reach', async () => {
    expect(statusOf(await look({ CAUSEWAY_EDGE_PUBLIC_URL: simulator.url }), 'public-url')).toBe('warning');
    const real = {
      CAUSEWAY_TWILIO_API_URL: '',
      CAUSEWAY_EDGE_PUBLIC_URL: 'http://127.0.0.1:1',
      CAUSEWAY_SMS_PROVIDER: 'none',
    };
    expect(statusOf(await look(real), 'public-url')).toBe('skipped');
  });

  it('says that two answers to HELP are one too many, and what it counts on otherwise', async () => {
    expect(statusOf(await look(), 'opt-out')).toBe('note');
    expect(statusOf(await look({ CAUSEWAY_SMS_HELP_ANSWER: 'Causeway. STOP ends it.' }), 'opt-out')).toBe('warning');
  });

  it('tells a messaging service that takes what our numbers receive, and not one that leaves it to them', async () => {
    const rules = { username: ACCOUNT_SID, password: AUTH_TOKEN };
    const post = async (path: string, form: Readonly<Record<string, string>>): Promise<{ readonly sid: string }> => {
      const response = await fetch(`${simulator.url}${path}`, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { authorization: `Basic ${Buffer.from(`${rules.username}:${rules.password}`).toString('base64')}` },
      });
      return (await response.json()) as { readonly sid: string };
    };
    const number = `PN${createHash('md5').update(BRIDGE).digest('hex')}`;
    const polite = await post('/v1/Services', { FriendlyName: 'polite', UseInboundWebhookOnNumber: 'true' });
    await post(`/v1/Services/${polite.sid}/PhoneNumbers`, { PhoneNumberSid: number });
    expect(statusOf(await look(), 'messaging-service')).toBe('ok');
    const greedy = await post('/v1/Services', { FriendlyName: 'greedy' });
    expect(statusOf(await look(), 'messaging-service')).toBe('ok');
    await post(`/v1/Services/${greedy.sid}/PhoneNumbers`, { PhoneNumberSid: number });
    expect(found(await look(), 'messaging-service')).toMatchObject({
      status: 'problem',
      says: expect.stringContaining('greedy'),
    });
  });

  it('says that the carrier is a simulator', async () => {
    expect(found(await look(), 'region')?.says).toContain('simulator');
  });
});
