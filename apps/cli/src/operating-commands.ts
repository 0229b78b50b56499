import type { Command } from './command.js';
import { OPERATOR_COMMANDS } from './commands/operator-commands.js';

const GATEWAY = 'gateway' as const;
const ADAPTER = 'adapter' as const;

/** What operators and authors of adapters do, in the order of the help. Each loads what it needs, up to all of Causeway, when it runs. */
export const OPERATING_COMMANDS: readonly Command[] = [
  {
    name: 'up',
    usage: '[--simulate [--faults <file>]] [--hosts <name,name>]',
    summary:
      'start the gateway; --simulate gives it pretend SMS and RCS carriers, which --faults makes fail, --hosts several native networks',
    group: GATEWAY,
    options: { simulate: 'flag', faults: 'text', hosts: 'text' },
    run: async (invocation) => (await import('./commands/up.js')).up(invocation),
  },
  {
    name: 'demo',
    usage: '[--once]',
    summary: 'send real messages through a real gateway and see what happens; --once ends after that',
    group: GATEWAY,
    options: { once: 'flag' },
    run: async (invocation) => (await import('./commands/demo.js')).demo(invocation),
  },
  {
    name: 'migrate',
    usage: '',
    summary: 'bring CAUSEWAY_DATABASE_URL to the schema of this release',
    group: GATEWAY,
    run: async (invocation) => (await import('./commands/migrate.js')).migrateDatabase(invocation),
  },
  {
    name: 'doctor',
    usage: '[--fix] [--json]',
    summary: 'what is missing before messages flow; --fix sets the webhooks of your numbers',
    group: GATEWAY,
    options: { fix: 'flag', json: 'flag' },
    run: async (invocation) => (await import('./commands/doctor.js')).doctor(invocation),
  },
  {
    name: 'backup',
    usage: '[--to <file>]',
    summary: 'write accounts, consents and contacts into a file; nothing that is under way, no keys',
    group: GATEWAY,
    options: { to: 'text' },
    run: async (invocation) => (await import('./commands/backup.js')).backup(invocation),
  },
  {
    name: 'restore',
    usage: '[--from <file>] [--replace] [--tombstones <file>] [--without-tombstones]',
    summary: 'put a backup back, with Causeway stopped; what was erased, revoked or blocked since stays so',
    group: GATEWAY,
    options: { from: 'text', replace: 'flag', tombstones: 'text', 'without-tombstones': 'flag' },
    run: async (invocation) => (await import('./commands/restore.js')).restore(invocation),
  },
  {
    name: 'secrets set',
    usage: '<name>',
    summary: 'seal a credential, typed or from standard input; a setting then says sealed:<name>',
    group: GATEWAY,
    run: async (invocation) => (await import('./commands/secrets.js')).secretsSet(invocation),
  },
  {
    name: 'secrets list',
    usage: '',
    summary: 'names of the sealed credentials',
    group: GATEWAY,
    run: async (invocation) => (await import('./commands/secrets.js')).secretsList(invocation),
  },
  {
    name: 'secrets rotate',
    usage: '',
    summary: 'put every sealed credential under a new wrapping key and destroy the old ones',
    group: GATEWAY,
    run: async (invocation) => (await import('./commands/secrets.js')).secretsRotate(invocation),
  },
  {
    name: 'secrets remove',
    usage: '<name>',
    summary: 'destroy a sealed credential',
    group: GATEWAY,
    run: async (invocation) => (await import('./commands/secrets.js')).secretsRemove(invocation),
  },
  {
    name: 'keys move',
    usage: '<file|pkcs11>',
    summary: 'put the keys of the edge and sealed credentials under another key provider, while no edge runs',
    group: GATEWAY,
    run: async (invocation) => (await import('./commands/keys-move.js')).keysMove(invocation),
  },
  {
    name: 'keys renew-numbers',
    usage: '',
    summary: 'have the edge make new keys for the look-up digests of numbers, after a compromise',
    group: GATEWAY,
    run: async (invocation) => (await import('./commands/keys-renew-numbers.js')).keysRenewNumbers(invocation),
  },
  {
    name: 'retention tenant',
    usage: '<class> <time|default> [--gateway <url>]',
    summary: 'change how long something is kept for everybody, with the operator token, like: events 2d',
    group: GATEWAY,
    options: { gateway: 'text' },
    run: async (invocation) => (await import('./commands/retention-tenant.js')).retentionTenant(invocation),
  },
  ...OPERATOR_COMMANDS,
  {
    name: 'adapter new',
    usage: '<name> [--folder <folder>]',
    summary: 'write an adapter for a new network, which passes the laws as it is',
    group: ADAPTER,
    options: { folder: 'text' },
    run: async (invocation) => (await import('./commands/adapter-new.js')).adapterNew(invocation),
  },
  {
    name: 'adapter test',
    usage: '<path> [--json <file>] [--law <id>]',
    summary: 'run the laws on an adapter: its folder, or the module of its harness',
    group: ADAPTER,
    options: { json: 'text', law: 'text' },
    run: async (invocation) => (await import('./commands/adapter-test.js')).adapterTest(invocation),
  },
];
