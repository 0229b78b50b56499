import type { Settings } from './config-schema.js';
import { isSealed } from './sealed-setting.js';

interface SafetyRule {
  readonly when: (settings: Settings) => boolean;
  readonly why: string;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '[::1]', 'localhost']);
const isPlainRemote = (url: string): boolean => {
  if (url === '') return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !LOOPBACK.has(hostname);
};
const usesTls = (settings: Settings): boolean =>
  [...settings.gatewayRpc, ...settings.edgeRpc, ...settings.gatewayRpcListen, ...settings.edgeRpcListen].some(
    ({ kind }) => kind === 'tls',
  );
const tlsFiles = (settings: Settings): readonly string[] => [settings.tlsCa, settings.tlsCert, settings.tlsKey];

const keeperTlsFiles = (settings: Settings): readonly string[] => [
  settings.edgeKeeperTlsCa,
  settings.edgeKeeperTlsCert,
  settings.edgeKeeperTlsKey,
];

const ALWAYS: readonly SafetyRule[] = [
  {
    when: (s) => s.queueBackend === 'redis' && s.redisUrl === '',
    why: 'CAUSEWAY_QUEUE_BACKEND is redis, so CAUSEWAY_REDIS_URL must be set',
  },
  {
    when: (s) => usesTls(s) && tlsFiles(s).includes(''),
    why: 'a tls:// address needs CAUSEWAY_TLS_CA, CAUSEWAY_TLS_CERT and CAUSEWAY_TLS_KEY',
  },
  {
    when: (s) => s.edgeKeeper.length + s.edgeKeeperListen.length > 0 && keeperTlsFiles(s).includes(''),
    why: 'keys of edges travel to another host only with CAUSEWAY_EDGE_KEEPER_TLS_CA, CAUSEWAY_EDGE_KEEPER_TLS_CERT and CAUSEWAY_EDGE_KEEPER_TLS_KEY',
  },
  {
    when: (s) => s.edgeKeeperTlsCa !== '' && s.edgeKeeperTlsCa === s.tlsCa,
    why: 'CAUSEWAY_EDGE_KEEPER_TLS_CA is the authority of all processes: a gateway could have the keys with its certificate',
  },
  {
    when: (s) => s.edgeKeeper.length > 0 && s.edgeKeeperListen.length > 0,
    why: 'an edge that asks for keys (CAUSEWAY_EDGE_KEEPER) never has them to lend (CAUSEWAY_EDGE_KEEPER_LISTEN)',
  },
  {
    when: (s) =>
      s.smsProvider === 'twilio' && (s.twilioAccountSid === '' || !s.twilioAuthToken || s.bridgeNumbers.length === 0),
    why: 'CAUSEWAY_SMS_PROVIDER is twilio, so CAUSEWAY_TWILIO_ACCOUNT_SID, CAUSEWAY_TWILIO_AUTH_TOKEN and CAUSEWAY_BRIDGE_NUMBERS must be set',
  },
  {
    when: (s) => isPlainRemote(s.twilioApiUrl),
    why: 'CAUSEWAY_TWILIO_API_URL would send the auth token and messages in the clear: use https',
  },
  {
    when: (s) => s.rcsApiUrl !== '' && (!s.rcsAccessToken || !s.rcsClientToken || s.bridgeNumbers.length === 0),
    why: 'CAUSEWAY_RCS_API_URL is set, so CAUSEWAY_RCS_ACCESS_TOKEN, CAUSEWAY_RCS_CLIENT_TOKEN and CAUSEWAY_BRIDGE_NUMBERS must be set',
  },
  {
    when: (s) => isPlainRemote(s.rcsApiUrl),
    why: 'CAUSEWAY_RCS_API_URL would send the access token and messages in the clear: use https',
  },
  {
    when: (s) =>
      s.keyProvider === 'pkcs11' &&
      [s.pkcs11PackageFolder, s.pkcs11Module, s.pkcs11Token, s.pkcs11PinFile].includes(''),
    why: 'CAUSEWAY_KEY_PROVIDER is pkcs11, so CAUSEWAY_PKCS11_PACKAGE_FOLDER, CAUSEWAY_PKCS11_MODULE, CAUSEWAY_PKCS11_TOKEN and CAUSEWAY_PKCS11_PIN_FILE must be set',
  },
  {
    when: (s) => (s.tokenIssuer === '') !== (s.tokenIssuerKey === ''),
    why: 'CAUSEWAY_TOKEN_ISSUER and CAUSEWAY_TOKEN_ISSUER_KEY are set together: tokens are checked under that key',
  },
  {
    when: (s) => s.operatorToken !== undefined && isSealed(s.operatorToken),
    why: 'CAUSEWAY_OPERATOR_TOKEN names a sealed setting, and only the edge opens those',
  },
];

const IN_PRODUCTION: readonly SafetyRule[] = [
  {
    when: (s) => s.clockFile !== '',
    why: 'CAUSEWAY_CLOCK_FILE moves the clock: keys and data would be destroyed before their time',
  },
  {
    when: (s) => s.rcsApiUrl !== '',
    why: 'CAUSEWAY_RCS_API_URL names a simulated network: in production nobody would get those messages',
  },
  { when: (s) => !s.operatorToken, why: 'CAUSEWAY_OPERATOR_TOKEN must be set in production' },
  {
    when: (s) => (s.operatorToken?.reveal().length ?? 32) < 32,
    why: 'CAUSEWAY_OPERATOR_TOKEN must have 32 characters or more in production',
  },
  { when: (s) => isPlainRemote(s.publicUrl), why: 'CAUSEWAY_PUBLIC_URL must be https: access tokens travel over it' },
  {
    when: (s) => !LOOPBACK.has(s.httpHost) && !s.publicUrl.startsWith('https:'),
    why: 'CAUSEWAY_HTTP_HOST is reachable from outside, so CAUSEWAY_PUBLIC_URL must be the https address of the proxy in front of it',
  },
  {
    when: (s) => s.smsProvider === 'twilio' && s.twilioApiUrl === '' && !s.edgePublicUrl.startsWith('https:'),
    why: 'CAUSEWAY_EDGE_PUBLIC_URL must be https: webhooks carry words and numbers',
  },
];

/** Sentences about settings that are each well formed and together unsafe; empty when there is no objection. */
export function unsafeSettings(settings: Settings): readonly string[] {
  const rules = settings.environment === 'production' ? [...ALWAYS, ...IN_PRODUCTION] : ALWAYS;
  return rules.filter((rule) => rule.when(settings)).map((rule) => rule.why);
}
