import { join } from 'node:path';
import { SMS_CAPABILITIES } from '@causeway/adapter-sms-twilio';
import { parseAccountId, parseContactId, parseConversationId, PRIMARY_DEVICE } from '@causeway/message-model';
import {
  LeadToLinked,
  PlanRoute,
  TellDevices,
  TellSwitch,
  type EdgeDesk,
  type OfferedNetwork,
  type RouteRequest,
} from '@causeway/people';
import { SYSTEM_CLOCK } from '@causeway/platform';
import { migrate, Stores, type AuthenticatedDevice } from '@causeway/storage';
import { nativeAddressOf } from '../../support/native-message.js';
import { Percentiles, type Latency } from '../measure/percentiles.js';
import { WireCounter } from '../measure/wire-counter.js';
import type { Scenario } from '../scenario.js';
import { withStores } from '../site/bench-site.js';
import { SEEDED, seedStrangers } from '../site/seed-accounts.js';
import { seedConsents } from '../site/seed-consents.js';
import { PolicyBook } from '@causeway/retention';

const ACCOUNTS = 10_000;
const CONSENTS_EACH = 20;
/** Of each kind of target. */
const PLANS = 4_000;
const COUNTED = 400;
const WANTED_MS = 2;

interface Asked {
  readonly kind: Kind;
  readonly caller: AuthenticatedDevice;
  readonly request: RouteRequest;
}

/** Everything by which somebody can be named, and where its name stands in a row of `COLUMNS`. */
const KINDS = {
  'a contact': 'contact',
  'a conversation of a number': 'number_conversation',
  'a native conversation': 'native_conversation',
  'an address': 'address',
} as const;
type Kind = keyof typeof KINDS;
const KIND_NAMES: readonly Kind[] = ['a contact', 'a conversation of a number', 'a native conversation', 'an address'];
type Measured = readonly [Kind, Latency];
const COLUMNS = `t.id AS contact, t.account_id AS caller, t.conversation_id AS number_conversation, c.conversation_id AS native_conversation,
  p.address, a.address AS "callerAddress"`;

/** Plans for people whose number is linked: three candidates, rules of both ends for everybody and for each other. */
export const routes: Scenario = {
  name: 'routes',
  what: `route plans among ${ACCOUNTS} accounts with ${CONSENTS_EACH} consents, links, contacts and rules each`,
  run: ({ progress }) =>
    withStores('postgres', async ({ database, databaseUrl }) => {
      progress(`seeding ${ACCOUNTS} accounts`);
      await migrate({ url: databaseUrl, folder: join(process.cwd(), 'prisma', 'migrations') });
      const seeding = new Stores({ url: databaseUrl });
      const tenant = {
        id: SEEDED.tenant,
        nativeHost: 'causeway.local',
        region: 'local',
        registration: 'open',
      } as const;
      await seeding.tenants.ensure(tenant, SYSTEM_CLOCK.now());
      await seeding.close();
      const people = await seedStrangers(database, ACCOUNTS);
      const accounts = people.map(({ account }) => account);
      await seedConsents(database, SEEDED.tenant, { accounts, consentsEach: CONSENTS_EACH });
      // what a load leaves to do, marking rows as committed and writing pages out, is no part of a plan
      const settle = async (): Promise<void> => {
        await database.rows('VACUUM (ANALYZE)');
        await database.rows('CHECKPOINT');
      };
      await settle();
      const rows = await database.rows(
        `SELECT ${COLUMNS} FROM registry.contact t
         JOIN registry.account a ON a.tenant_id = t.tenant_id AND a.id = t.account_id
         JOIN registry.account p ON p.tenant_id = t.tenant_id AND p.id = t.linked_account
         JOIN registry.consent c ON c.tenant_id = t.tenant_id AND c.owner_account = t.linked_account AND c.peer_account = t.account_id
         ORDER BY sha256(t.id::bytea) LIMIT ${PLANS}`,
      );
      const asked = rows.map((row) => askedOf(row, 'a contact'));
      progress(`${PLANS} plans of each kind, one after the other`);
      const [[, first]] = await measure(databaseUrl, asked);
      await settle();
      const again = await measure(
        databaseUrl,
        rows.flatMap((row) => KIND_NAMES.map((kind) => askedOf(row, kind))),
      );
      const slowest = Math.max(...again.map(([, { p99 }]) => p99));
      const wire = await WireCounter.before(databaseUrl);
      // more than one connection would prepare its statements within what is counted
      await measure(wire.url, asked.slice(0, COUNTED), 1);
      const before = wire.trips;
      const stores = new Stores({ url: wire.url, maxConnections: 1 });
      const plans = planning(stores);
      for (const { caller, request } of asked.slice(0, COUNTED)) await plans.execute(caller, request);
      const tripsEach = (wire.trips - before) / COUNTED;
      await stores.close();
      await wire.close();
      return {
        tables: [
          {
            title: 'Route plans',
            columns: ['plan', 'p50 ms', 'p99 ms', 'longest ms'],
            rows: [
              ['the first of a conversation, which is remembered', ...cells(first)],
              ...again.map(([kind, latency]) => [`after it, for ${kind}`, ...cells(latency)]),
            ],
            note: `${ACCOUNTS} accounts, ${ACCOUNTS * CONSENTS_EACH} grants, as many linked numbers, contacts of them and rules; three candidates each; ${PLANS} plans of each kind in turn, one after the other, on a database at rest. ${tripsEach.toFixed(2)} round trips to the database for a plan.`,
          },
        ],
        targets: [
          {
            what: 'route plan, 99th percentile, of the slowest kind',
            wanted: `below ${WANTED_MS} ms`,
            measured: `${slowest.toFixed(2)} ms`,
            isMet: slowest < WANTED_MS,
          },
          {
            what: 'round trips to the database for a plan of three candidates',
            wanted: '1',
            measured: tripsEach.toFixed(2),
            isMet: tripsEach < 1.1,
          },
        ],
        plots: [],
        figures: { first, again: Object.fromEntries(again), tripsEach },
      };
    }),
};

const cells = ({ p50, p99, max }: Latency): readonly string[] => [p50, p99, max].map((ms) => ms.toFixed(2));

function askedOf(row: Readonly<Record<string, unknown>>, kind: Kind): Asked {
  const account = parseAccountId(String(row['caller']));
  if (!account) throw new Error('a seeded id is not valid');
  const caller = {
    tenant: SEEDED.tenant,
    account,
    device: PRIMARY_DEVICE,
    address: String(row['callerAddress']),
    host: 'causeway.local',
    hosts: ['causeway.local'],
    crossNetwork: false,
    registeredAt: new Date(0),
    region: 'local',
  };
  return { kind, caller, request: { to: targetOf(kind, String(row[KINDS[kind]])) } };
}

function targetOf(kind: Kind, named: string): RouteRequest['to'] {
  const [contact, conversation] = [parseContactId(named), parseConversationId(named)];
  if (kind === 'an address') return { kind: 'address', address: nativeAddressOf(named) };
  if (contact) return { kind: 'contact', contact };
  if (conversation) return { kind: 'conversation', conversation };
  throw new Error('a seeded id is not valid');
}

/** By kind of target, in the order in which they come first. */
async function measure(url: string, asked: readonly Asked[], maxConnections = 2): Promise<[Measured, ...Measured[]]> {
  const stores = new Stores({ url, maxConnections });
  const plans = planning(stores);
  const times = new Map<Kind, Percentiles>();
  for (const { caller, request } of asked.slice(0, 100)) await plans.explain(caller, request);
  for (const { kind, caller, request } of asked) {
    const startedMs = performance.now();
    const plan = await plans.execute(caller, request);
    const tookMs = performance.now() - startedMs;
    times.set(kind, times.get(kind) ?? new Percentiles());
    times.get(kind)?.add(tookMs);
    if (plan.leg !== 'native') throw new Error(`a plan came out as ${plan.leg}`);
  }
  await stores.close();
  const [head, ...others] = [...times].map(([kind, { latency }]): Measured => [kind, latency]);
  if (!head) throw new Error('nothing was asked');
  return [head, ...others];
}

function planning({ routes: source, consents, carriedGrants, accounts, inbox, partitions, wishes }: Stores): PlanRoute {
  const tell = new TellDevices(accounts, inbox, partitions, SYSTEM_CLOCK, new PolicyBook(wishes, SYSTEM_CLOCK));
  const switches = new TellSwitch(source, consents, tell, SYSTEM_CLOCK, () => undefined);
  const lead = new LeadToLinked(accounts, carriedGrants, tell, SYSTEM_CLOCK, () => undefined);
  return new PlanRoute(source, DESK, switches, lead, SYSTEM_CLOCK);
}

const NETWORKS = (['rcs', 'sms'] as const).map((network): OfferedNetwork => {
  return { network, isSimulated: true, regions: [] };
});
const describe = async () => ({
  identity: '',
  bundle: { bytes: '', signature: '' },
  livingKeys: [],
  networks: NETWORKS,
  bridgeNumbers: [],
});

/** What the gateway remembers of its edge; asking it is no part of a plan. */
const DESK: EdgeDesk = {
  describe,
  describeFresh: describe,
  capabilities: async () => ({ rcs: SMS_CAPABILITIES, sms: SMS_CAPABILITIES }),
  indicate: async () => undefined,
  resolveContact: async () => ({ kind: 'refused', code: 'no-bridge-number' }),
  beginLink: async () => ({ kind: 'refused', code: 'unavailable' }),
  proveLink: async () => ({ kind: 'refused', code: 'code-wrong' }),
};
