import { z } from 'zod';
import {
  text,
  host,
  port,
  optionalPort,
  positive,
  optionalUrl,
  optionalRedis,
  optionalBearer,
  optionalSecret,
  tenant,
  rpcAddresses,
  tlsAddresses,
  namedPaths,
  hosts,
  namedCountries,
  spendingLimits,
  e164List,
} from './config-fields.js';

/** The table of settings: each row has what it is for, its default as text, and how the text is read. */
export interface SettingRow {
  readonly group: string;
  readonly doc: string;
  readonly defaultText: string;
}

const settingRows = new Map<unknown, SettingRow>();

const inGroup =
  (group: string) =>
  <Schema extends z.ZodType<unknown, string>>(defaultText: string, doc: string, schema: Schema) => {
    const setting = z.string().default(defaultText).pipe(schema);
    settingRows.set(setting, { group, doc, defaultText });
    return setting;
  };

const process_ = inGroup('Process');
const storage = inGroup('Storage and queue');
const http = inGroup('HTTP');
const rpc = inGroup('Between the processes');
const identity = inGroup('Identity and people');
const custody = inGroup('Custody and residency');
const sms = inGroup('SMS');
const rcs = inGroup('Simulated RCS');
const otherNetworks = inGroup('Other networks');
const timing = inGroup('Timing');

/** The one schema of all settings. The environment name of `httpPort` is `CAUSEWAY_HTTP_PORT`. */
export const SETTINGS = z.object({
  environment: process_(
    'development',
    '`production` refuses settings that are only safe on one machine.',
    z.enum(['development', 'production']),
  ),
  logLevel: process_(
    'info',
    'The least severe line that is written.',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
  ),
  dataFolder: process_(
    '.causeway',
    'Folder of the embedded database, keys and sockets. Made with mode 0700.',
    text.min(1),
  ),

  databaseUrl: storage(
    '',
    'PostgreSQL 17 or later. Empty starts the embedded one in the data folder.',
    optionalUrl('postgres:', 'postgresql:'),
  ),
  databasePort: storage('0', 'Port of the embedded database on the loopback address; 0 chooses a free one.', port),
  queueBackend: storage('postgres', 'What BullMQ runs on. One backend per process.', z.enum(['postgres', 'redis'])),
  redisUrl: storage(
    '',
    'Redis or Valkey with AOF and `maxmemory-policy noeviction`; needed when the backend is `redis`. Several URLs separated by commas, or `redis-cluster://host:port`, are nodes of a cluster.',
    optionalRedis,
  ),

  httpHost: http('127.0.0.1', 'Address the REST API and the WebSocket listen on.', host),
  httpPort: http('7400', 'Port of the REST API and the WebSocket; 0 chooses a free one.', port),
  publicUrl: http(
    '',
    'How clients reach the gateway. Empty means `http://host:port` of the listener.',
    optionalUrl('http:', 'https:'),
  ),
  edgeHttpHost: http('127.0.0.1', 'Address the edge listens on for webhooks, and nothing else.', host),
  edgeHttpPort: http('7401', 'Port of the webhook listener; 0 chooses a free one.', port),
  edgePublicUrl: http(
    '',
    'How carriers reach the webhooks; it enters their signatures, so it must be exactly the URL they call.',
    optionalUrl('http:', 'https:'),
  ),

  metricsHost: http('127.0.0.1', 'Address that figures of worker and edge are served on. Never a public one.', host),
  metricsPort: http(
    '',
    'Port of `/metrics` and `/healthz` of worker and edge, which have no other door for them; 0 chooses a free one. Empty: none. The gateway has its own.',
    optionalPort,
  ),

  privateSockets: rpc('', 'Folder of the Unix sockets. Empty means `run` in the data folder.', text),
  gatewayRpc: rpc(
    '',
    'Every gateway, as socket paths or `tls://host:port`, separated by commas. Empty means `gateway.sock` in the socket folder.',
    rpcAddresses,
  ),
  gatewayRpcListen: rpc('', 'Where this gateway answers. Empty means the first of the list.', rpcAddresses),
  edgeRpc: rpc('', 'Every edge, in the same form. Empty means `edge.sock` in the socket folder.', rpcAddresses),
  edgeRpcListen: rpc('', 'Where this edge answers. Empty means the first of the list.', rpcAddresses),
  tlsCa: rpc('', 'File of the authority that signs the certificates of our processes (PEM).', text),
  tlsCert: rpc('', 'File of the certificate of this process (PEM).', text),
  tlsKey: rpc('', 'File of its private key (PEM).', text),
  edgeKeeper: rpc(
    '',
    'For an edge without the key folder: `tls://host:port` of every edge that may keep it, separated by commas. Empty means that this edge has the folder.',
    tlsAddresses,
  ),
  edgeKeeperListen: rpc(
    '',
    'Where this edge answers those of other hosts while it keeps the key folder, `tls://host:port`. Empty: it answers in the folder only.',
    tlsAddresses,
  ),
  edgeKeeperTlsCa: rpc(
    '',
    'File of the authority of edges that lend each other keys (PEM). It must be another than `CAUSEWAY_TLS_CA`: whoever has a certificate of it can have the keys.',
    text,
  ),
  edgeKeeperTlsCert: rpc('', 'File of the certificate of this edge by that authority (PEM).', text),
  edgeKeeperTlsKey: rpc('', 'File of its private key (PEM).', text),

  edgeKeyFolder: identity(
    '',
    'Folder of the keys of the edges, which those of one host share; only they may read it. Empty means `edge-keys` in the data folder.',
    text,
  ),
  keyProvider: custody(
    'file',
    'What wraps the keys of the edge and sealed settings: files of the key folder, or a hardware module through PKCS #11.',
    z.enum(['file', 'pkcs11']),
  ),
  pkcs11PackageFolder: custody(
    '',
    'Folder in whose `node_modules` you installed the package `pkcs11js` 2.x. It compiles when it is installed, so it is not part of Causeway.',
    text,
  ),
  pkcs11Module: custody('', 'Path of the PKCS #11 library of the hardware module.', text),
  pkcs11Token: custody('', 'Label of the token in it.', text),
  pkcs11PinFile: custody('', 'File with the PIN of its user, mode 600.', text),
  backupDays: custody(
    '35',
    'For how long a backup may be restored, and so for how long it is remembered what was erased, revoked or blocked.',
    positive,
  ),
  residencyFile: custody(
    '',
    'Reviewed list of the countries this cell may store in (JSON). Empty: nothing is claimed and nothing checked.',
    text,
  ),
  storageCountries: custody(
    '',
    'Where each binding stores, as `database=DE,queue=DE,files=DE,keys=DE,sms=IE`: with a list, what is not declared is refused at the start.',
    namedCountries,
  ),
  routesOutside: custody(
    'say',
    'Whether a route that passes a country outside of that list is offered and says so (`leavesRegion`), or refused.',
    z.enum(['say', 'refuse']),
  ),
  nativeHost: identity(
    'causeway.local',
    'Host name in `mimi://` addresses. It enters message ids: never change it once people use it.',
    host.toLowerCase(),
  ),
  tenantProfile: identity(
    'community',
    'What is usual here, by which the spam guard judges: `phone` (people who know each other), `community` (a place where strangers meet), `registered-bulk` (a clinic, a school, a shop).',
    z.enum(['phone', 'community', 'registered-bulk']),
  ),
  otherNativeHosts: identity(
    '',
    'Hosts of further native networks of the tenant, separated by commas. Each has handles and accounts of its own; a host is never taken away once people use it.',
    hosts,
  ),
  tenant: identity('default', 'The tenant of this installation.', tenant),
  region: identity('local', 'The region this cell stores in. Bound into keys.', z.string().regex(/^[a-z0-9-]{1,63}$/)),
  registration: identity('open', 'Who may register an account.', z.enum(['open', 'invite'])),
  registrationNetwork: identity(
    'off',
    'Whether accounts made from one network (/24 of IPv4, /48 of IPv6) are known as such for 7 to 14 days, see docs/limits.md: `connection`, or `forwarded` behind exactly one proxy, by the last entry of `X-Forwarded-For`.',
    z.enum(['off', 'connection', 'forwarded']),
  ),
  tokenIssuer: identity(
    '',
    'Host of who issues the tokens that let held messages go (RFC 9578). Empty: this gateway does, for vouchers of its operator.',
    host.or(z.literal('')),
  ),
  tokenIssuerKey: identity(
    '',
    'The `token-key` of type 2 in the directory of that issuer, as base64url.',
    z.string().regex(/^[A-Za-z0-9_-]*={0,2}$/, 'must be base64url'),
  ),
  operatorToken: identity(
    '',
    'Bearer token of the operator console. Empty makes one in the data folder in development; production needs it set.',
    optionalBearer,
  ),

  smsProvider: sms('none', 'Who carries SMS.', z.enum(['none', 'twilio'])),
  spendingLimits: sms(
    '',
    'Messages to telephones a day, as `US=20000,unproven=100,country=5000,all=20000`: by country, in countries from which nobody answered, in any other, in all. What is not said is as in docs/limits.md.',
    spendingLimits,
  ),
  bridgeNumbers: sms('', 'Numbers messages are sent from, in E.164, separated by commas.', e164List),
  twilioAccountSid: sms(
    '',
    'Account SID, `AC` and 32 hexadecimal digits.',
    z.string().regex(/^(AC[0-9a-f]{32})?$/, 'must be AC and 32 hexadecimal digits'),
  ),
  twilioAuthToken: sms('', 'Auth token; it also verifies webhooks.', optionalSecret),
  twilioApiUrl: sms(
    '',
    'Another place that speaks the API of Twilio, for example the simulator. Empty means Twilio.',
    optionalUrl('http:', 'https:'),
  ),
  smsSegmentsPerSecond: sms(
    '0',
    'Segments a second that each bridge number may send, shared by its edges. 0 means what Twilio takes from a number of its kind: 1, toll-free 3; a simulator takes all.',
    z.coerce.number<string>().min(0).max(10_000),
  ),
  smsMedia: sms(
    'off',
    'Whether every bridge number can send files (MMS). They then go as files to the United States and Canada, and are named in words elsewhere.',
    z.enum(['off', 'on']),
  ),
  smsHelpAnswer: sms(
    '',
    'What a person who writes HELP or INFO is answered, once an hour. Empty leaves it to Twilio, which answers by itself unless that was switched off.',
    z.string().max(320),
  ),
  rcsApiUrl: rcs(
    '',
    'Where the simulated RCS network answers, for example `http://127.0.0.1:7402/rcs`. Empty means that there is no RCS. No real RCS network is supported.',
    optionalUrl('http:', 'https:'),
  ),
  rcsAccessToken: rcs('', 'Bearer token of our calls to it.', optionalSecret),
  rcsClientToken: rcs('', 'Token by which it signs its webhooks.', optionalSecret),

  simulatorPort: sms('7402', 'Port of the pretend carriers; 0 chooses a free one.', port),
  simulatorKeepSeconds: sms('86400', 'How long the pretend carriers remember messages, files and calls.', positive),

  adapterModules: otherNetworks(
    '',
    'Modules that bring further clear networks, as `name=path` separated by commas. They run inside the edge and see its words.',
    namedPaths,
  ),
  adapterSettings: otherNetworks(
    '',
    'JSON file with the settings of those modules: an object with one value per name.',
    text,
  ),

  fallbackAfterSeconds: timing(
    '300',
    'How long RCS has to deliver a message before it is taken back and sent by SMS, where the sender permitted both.',
    positive,
  ),
  callBeforeSeconds: timing(
    '10',
    'A carrier call not begun this long after its attempt was written is not made.',
    positive,
  ),
  unknownAbsentAfterSeconds: timing(
    '300',
    'How long a carrier may be silent on an unknown outcome before its absence counts.',
    positive,
  ),
  clearHeadBlockSeconds: timing(
    '120',
    'How long an unsent message holds back those behind it on a clear network.',
    positive,
  ),
  unconfirmedAfterSeconds: timing('259200', 'When an SMS without a delivery receipt becomes `unconfirmed`.', positive),
  inboundSweepSeconds: timing(
    '60',
    'How often the edge lists received messages at the carrier, for lost webhooks.',
    positive,
  ),
  sweepIntervalMs: timing('500', 'How often due lanes are woken.', positive),
  partitionIntervalSeconds: timing('60', 'How often partitions are made ahead and dropped.', positive),
  clockFile: timing('', 'For tests, refused in production: a file of the milliseconds that clocks are ahead.', text),
  shutdownSeconds: timing('10', 'How long a process may finish what it began after SIGTERM.', positive),
});

export type Settings = z.output<typeof SETTINGS>;

/** `httpPort` -> `CAUSEWAY_HTTP_PORT`. */
export const environmentName = (setting: string): string =>
  `CAUSEWAY_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** Every setting in the order of the schema, for the loader and the generated documents. */
export const settingTable = (): readonly (SettingRow & { readonly setting: string; readonly env: string })[] =>
  Object.entries(SETTINGS.shape).map(([setting, schema]) => {
    const row = settingRows.get(schema);
    if (!row) throw new Error(`the setting ${setting} is not in the table`);
    return { ...row, setting, env: environmentName(setting) };
  });
