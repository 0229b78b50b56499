import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { loadConfig } from './config.js';
import { settingTable } from './config-schema.js';
import { StartupProblem } from './startup-problem.js';

const PRODUCTION = { CAUSEWAY_ENVIRONMENT: 'production', CAUSEWAY_OPERATOR_TOKEN: 'o'.repeat(32) };

describe('the settings', () => {
  it('are safe for one machine when nothing is set', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      environment: 'development',
      httpHost: '127.0.0.1',
      httpPort: 7400,
      queueBackend: 'postgres',
    });
    expect(config.databaseUrl).toBe('');
    expect(config.publicUrl).toBe('http://127.0.0.1:7400');
    expect(config.edgeRpcListen).toMatchObject({
      kind: 'socket',
      path: expect.stringMatching(/\.causeway\/run\/edge\.sock$/),
    });
  });

  it('are frozen', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  it('read lists, numbers and addresses', () => {
    const config = loadConfig({
      CAUSEWAY_BRIDGE_NUMBERS: '+14155550100, +14155550101',
      CAUSEWAY_SWEEP_INTERVAL_MS: '250',
      CAUSEWAY_EDGE_RPC: '/run/a.sock,tls://edge-2.internal:7500',
      CAUSEWAY_TLS_CA: 'ca.pem',
      CAUSEWAY_TLS_CERT: 'cert.pem',
      CAUSEWAY_TLS_KEY: 'key.pem',
    });
    expect(config.bridgeNumbers).toEqual(['+14155550100', '+14155550101']);
    expect(config.sweepIntervalMs).toBe(250);
    expect(config.edgeRpc).toEqual([
      { kind: 'socket', path: '/run/a.sock' },
      { kind: 'tls', host: 'edge-2.internal', port: 7500 },
    ]);
  });

  it('count an empty value as not set', () => {
    expect(loadConfig({ CAUSEWAY_HTTP_PORT: '' }).httpPort).toBe(7400);
  });

  it.each([
    ['a port that is none', { CAUSEWAY_HTTP_PORT: '70000' }, /CAUSEWAY_HTTP_PORT/],
    ['a misspelt name', { CAUSEWAY_HTTP_PROT: '7400' }, /CAUSEWAY_HTTP_PROT is not a setting/],
    ['plain TCP between processes', { CAUSEWAY_EDGE_RPC: 'tcp://10.0.0.1:7500' }, /CAUSEWAY_EDGE_RPC: .*plain TCP/],
    ['TLS without its files', { CAUSEWAY_EDGE_RPC: 'tls://10.0.0.1:7500' }, /needs CAUSEWAY_TLS_CA/],
    ['nodes of a cluster of two kinds', { CAUSEWAY_REDIS_URL: 'redis://a,rediss://b' }, /CAUSEWAY_REDIS_URL: must be/],
    ['Redis without a place', { CAUSEWAY_QUEUE_BACKEND: 'redis' }, /CAUSEWAY_REDIS_URL/],
    ['Twilio without credentials', { CAUSEWAY_SMS_PROVIDER: 'twilio' }, /CAUSEWAY_TWILIO_ACCOUNT_SID/],
    ['a carrier reached in the clear', { CAUSEWAY_TWILIO_API_URL: 'http://carrier.example' }, /use https/],
    [
      'RCS without its tokens',
      { CAUSEWAY_RCS_API_URL: 'http://127.0.0.1:7402/rcs', CAUSEWAY_BRIDGE_NUMBERS: '+14155550100' },
      /CAUSEWAY_RCS_ACCESS_TOKEN/,
    ],
    [
      'RCS reached in the clear',
      { CAUSEWAY_RCS_API_URL: 'http://rcs.example/rcs' },
      /CAUSEWAY_RCS_API_URL .*use https/,
    ],
    [
      'a simulated network in production',
      { ...PRODUCTION, CAUSEWAY_RCS_API_URL: 'https://rcs.example/rcs' },
      /CAUSEWAY_RCS_API_URL names a simulated network/,
    ],
    [
      'a token that no header can carry',
      { CAUSEWAY_OPERATOR_TOKEN: 'two words' },
      /CAUSEWAY_OPERATOR_TOKEN: must be letters/,
    ],
    ['production without an operator token', { CAUSEWAY_ENVIRONMENT: 'production' }, /CAUSEWAY_OPERATOR_TOKEN/],
    [
      'production on a public address without https',
      { ...PRODUCTION, CAUSEWAY_HTTP_HOST: '0.0.0.0' },
      /CAUSEWAY_PUBLIC_URL/,
    ],
    [
      'keys lent to another host under the authority of all processes',
      {
        CAUSEWAY_EDGE_KEEPER: 'tls://edge-a.internal:7421',
        CAUSEWAY_TLS_CA: 'ca.pem',
        CAUSEWAY_EDGE_KEEPER_TLS_CA: 'ca.pem',
        CAUSEWAY_EDGE_KEEPER_TLS_CERT: 'edge.pem',
        CAUSEWAY_EDGE_KEEPER_TLS_KEY: 'edge.key',
      },
      /a gateway could have the keys/,
    ],
    [
      'a keeper elsewhere without certificates',
      { CAUSEWAY_EDGE_KEEPER: 'tls://edge-a.internal:7421' },
      /CAUSEWAY_EDGE_KEEPER_TLS_CERT/,
    ],
    ['a keeper elsewhere on a socket', { CAUSEWAY_EDGE_KEEPER: '/run/door' }, /CAUSEWAY_EDGE_KEEPER/],
  ])('refuse %s and say why', (_what, env, why) => {
    expect(() => loadConfig(env)).toThrow(StartupProblem);
    expect(() => loadConfig(env)).toThrow(why);
  });

  it('never repeat a value in a refusal', () => {
    expect(() => loadConfig({ ...PRODUCTION, CAUSEWAY_OPERATOR_TOKEN: 'hunter2' })).toThrow(/^(?!.*hunter2)/);
    expect(() => loadConfig({ CAUSEWAY_DATABASE_URL: 'mysql://u:hunter2@db' })).toThrow(/^(?!.*hunter2)/);
  });

  it('hold secrets that do not print', () => {
    const config = loadConfig({ CAUSEWAY_TWILIO_AUTH_TOKEN: 'hunter2' });
    expect(config.twilioAuthToken?.reveal()).toBe('hunter2');
    expect(`${JSON.stringify(config)}${inspect(config, { depth: 9 })}${String(config.twilioAuthToken)}`).not.toContain(
      'hunter2',
    );
  });

  it('each have a name, a group and a sentence', () => {
    for (const row of settingTable()) {
      expect(row.env).toMatch(/^CAUSEWAY_[A-Z0-9_]+$/);
      expect(row.doc).toMatch(/\.$/);
    }
  });
});
