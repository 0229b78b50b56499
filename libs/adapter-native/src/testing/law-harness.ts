import { randomUUID } from 'node:crypto';
import { mintAccountId, mintBoxId, parseDeviceId, parseTenantId, utf8 } from '@causeway/message-model';
import type { AdapterHarness } from '@causeway/network-adapter/testing';
import { SYSTEM_CLOCK } from '@causeway/platform';
import { Stores } from '@causeway/storage';
import { freshDatabase } from '../../../../test/support/database.js';
import { NativeAdapter } from '../native-adapter.js';
import { DatabaseLine } from './database-line.js';

const HOUR_MS = 3_600_000;

const must = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('A constant of the harness does not fit');
  return value;
};
const TENANT = must(parseTenantId('main'));
const DEVICES = [must(parseDeviceId(1)), must(parseDeviceId(2))] as const;

/** The native adapter on a real database; the person has two devices, and what the first one finds is what they have. */
export async function newHarness(): Promise<AdapterHarness> {
  const { url } = await freshDatabase();
  const line = await DatabaseLine.to(url);
  const direct = new Stores({ url, maxConnections: 2 });
  const account = mintAccountId();
  const opened: Stores[] = [direct];
  const adapterAt = (databaseUrl: string): NativeAdapter => {
    const stores = new Stores({ url: databaseUrl, maxConnections: 8 });
    opened.push(stores);
    const { inbox, partitions } = stores;
    return new NativeAdapter({
      tenant: TENANT,
      region: 'local',
      inbox,
      partitions,
      clock: SYSTEM_CLOCK,
      wake: () => undefined,
      keepForMs: 24 * HOUR_MS,
      timeoutMs: 1_000,
    });
  };
  const adapter = adapterAt(line.url);
  // the connection stands and the partition is there before a law measures time
  await opened.at(-1)?.partitions.ensure('i', Math.ceil((Date.now() + 24 * HOUR_MS) / HOUR_MS));
  return {
    adapter,
    // port 9, "discard": nobody listens there
    unreachable: adapterAt('postgres://nobody@127.0.0.1:9/none'),
    isSimulated: false,
    outbound: (text, { ref = randomUUID(), expiresAtMs = null } = {}) => ({
      ref,
      recipient: account,
      envelopes: DEVICES.map((deviceId) => ({ deviceId, boxId: mintBoxId(), sealKeyId: 1, box: utf8(text) })),
      expiresAtMs,
    }),
    nowMs: () => SYSTEM_CLOCK.nowMs(),
    async delivered() {
      const device = { tenant: TENANT, account, device: DEVICES[0] };
      const [rows = []] = await direct.inbox.pending([{ device, underWay: [], limit: 100 }], SYSTEM_CLOCK.now());
      const ends = await direct.database.query<{ id: string; expiresAt: Date }>(
        'SELECT id, expires_at AS "expiresAt" FROM transit.inbox WHERE account_id = $1',
        account,
      );
      return rows.map(({ id, body }) => ({
        kind: 'text',
        text: Buffer.from(body).toString('utf8'),
        expiresAtMs: ends.find((end) => end.id === id)?.expiresAt.getTime() ?? Number.POSITIVE_INFINITY,
      }));
    },
    sendCalls: async () => line.fills,
    faults: {
      kinds: ['silent', 'cut-off'],
      failNext: async (fault) => line.failNext(fault),
      delayNext: async (delayMs) => line.delayNext(delayMs),
    },
    async dispose() {
      await adapter.dispose();
      await line.close();
      await Promise.all(opened.map((stores) => stores.close()));
    },
  };
}
