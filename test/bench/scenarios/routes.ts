import { join } from 'node:path';
import { SMS_CAPABILITIES } from '@causeway/adapter-sms-twilio';
import { parseAccountId, parseContactId, PRIMARY_DEVICE } from '@causeway/message-model';
import {
  PlanRoute,
  TellDevices,
  TellSwitch,
  type EdgeDesk,
  type OfferedNetwork,
  type RouteRequest,
} from '@causeway/people';
import { SYSTEM_CLOCK } from '@causeway/platform';
import { migrate, Stores, type AuthenticatedDevice } from '@causeway/storage';
import { Percentiles, type Latency } from '../measure/percentiles.js';
import { WireCounter } from '../measure/wire-counter.js';
import type { Scenario } from '../scenario.js';
import { withStores } from '../site/bench-site.js';
import { SEEDED, seedStrangers } from '../site/seed-accounts.js';
import { seedConsents } from '../site/seed-consents.js';
import { PolicyBook } from '@causeway/retention';

const ACCOUNTS = 10_000;
const CONSENTS_EACH = 20;
const PLANS = 4_000;
const COUNTED = 400;
const WANTED_MS = 2;

interface Asked {
  readonly caller: AuthenticatedDevice;
  readonly request: RouteRequest;
}

/** A plan for a contact whose number is linked: three candidates, rules of both ends for everybody and for each other. */
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
      const rows = await database.rows(
        `SELECT c.id, c.account_id, a.address FROM registry.contact c
         JOIN registry.account a ON a.tenant_id = c.tenant_id AND a.id = c.account_id ORDER BY sha256(c.id::bytea) LIMIT ${PLANS}`,
      );
      const asked = rows.map(askedOf);
      progress(`${PLANS} plans, one after the other`);
      const first = await measure(databaseUrl, asked);
      const again = await measure(databaseUrl, asked);
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
              ['after it', ...cells(again)],
            ],
            note: `${ACCOUNTS} accounts, ${ACCOUNTS * CONSENTS_EACH} grants, as many linked numbers, contacts of them and rules; three candidates each. ${tripsEach.toFixed(2)} round trips to the database for a plan.`,
          },
        ],
        targets: [
          {
            what: 'route plan, 99th percentile',
            wanted: `below ${WANTED_MS} ms`,
            measured: `${again.p99.toFixed(2)} ms`,
            isMet: again.p99 < WANTED_MS,
          },
          {
            what: 'round trips to the database for a plan of three candidates',
            wanted: '1',
            measured: tripsEach.toFixed(2),
            isMet: tripsEach < 1.1,
          },
        ],
        plots: [],
        figures: { first, again, tripsEach },
      };
    }),
};

const cells = ({ p50, p99, max }: Latency): readonly string[] => [p50, p99, max].map((ms) => ms.toFixed(2));

function askedOf(row: Readonly<Record<string, unknown>>): Asked {
  const [account, contact] = [parseAccountId(String(row['account_id'])), parseContactId(String(row['id']))];
  if (!account || !contact) throw new Error('a seeded id is not valid');
  const caller = {
    tenant: SEEDED.tenant,
    account,
    device: PRIMARY_DEVICE,
    address: String(row['address']),
    host: 'causeway.local',
    hosts: ['causeway.local'],
    crossNetwork: false,
    registeredAt: new Date(0),
    region: 'local',
  };
  return { caller, request: { to: { kind: 'contact', contact } } };
}

async function measure(url: string, asked: readonly Asked[], maxConnections = 2): Promise<Latency> {
  const stores = new Stores({ url, maxConnections });
  const plans = planning(stores);
  const times = new Percentiles();
  for (const { caller, request } of asked.slice(0, 100)) await plans.explain(caller, request);
  for (const { caller, request } of asked) {
    const startedMs = performance.now();
    const plan = await plans.execute(caller, request);
    times.add(performance.now() - startedMs);
    if (plan.leg !== 'native') throw new Error(`a plan came out as ${plan.leg}`);
  }
  await stores.close();
  return times.latency;
}

function planning({ routes: source, consents, accounts, inbox, partitions, wishes }: Stores): PlanRoute {
  const tell = new TellDevices(accounts, inbox, partitions, SYSTEM_CLOCK, new PolicyBook(wishes, SYSTEM_CLOCK));
  const switches = new TellSwitch(source, consents, tell, SYSTEM_CLOCK, () => undefined);
  return new PlanRoute(source, DESK, switches, SYSTEM_CLOCK);
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
