import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  EVENT_KINDS,
  Guard,
  Pseudonyms,
  WEEK_MS,
  weekOf,
  RedisGuardStore,
  replayKeys,
  type GuardEvent,
  type GuardKeys,
} from '@causeway/abuse-control';
import { Stores } from '@causeway/storage';
import { RedisScriptRunner } from '@causeway/work-queue';
import { freshDatabase } from '../support/database.js';
import { canRunRedis, startRedis } from '../support/redis.js';
import { filesIn, tableCells } from '../support/resting-places.js';

const TENANT = 'tenant-that-nobody-may-read';
/** Senders and recipients that a thief knows by name; each sender writes to one recipient. */
const PEOPLE = 40;
const SENDERS = Array.from({ length: PEOPLE }, (_, index) => `acct_sender_${String(index).padStart(4, '0')}@a.example`);
const RECIPIENTS = Array.from({ length: PEOPLE }, (_, index) => `+4915550${String(index).padStart(5, '0')}`);
/** Not at the turn of a week, where a pair would have names of two. */
const AT_MS = weekOf(Date.now()) * WEEK_MS + 3_600_000;
const KEYS = replayKeys(randomBytes(32));

/** Row `index` of senders writes to this row of recipients: one to one, in no order. */
const PARTNERS = RECIPIENTS.map((_, index) => (index * 17 + 5) % PEOPLE);

interface Dump {
  readonly text: string;
}

async function carryTraffic(guard: Guard): Promise<void> {
  for (const [index, sender] of SENDERS.entries()) {
    const event = (kind: GuardEvent['kind'], seconds: number): GuardEvent => ({
      tenant: TENANT,
      profile: 'phone',
      sender,
      recipient: RECIPIENTS[PARTNERS[index] ?? 0] ?? '',
      atMs: AT_MS + seconds * 1_000,
      kind,
      isEstablished: false,
      transport: 'clear',
      assurance: 'device',
      features: { gapClass: 'far', country: 'DE', accountAgeMs: 1, clusters: [`cluster of ${sender}`] },
    });
    await guard.judgeAll(EVENT_KINDS.map((kind, second) => event(kind, second)));
  }
}

/** Pairs of whom both names under these keys stand in the dump: what a thief with them would find. */
function pairsFound(dump: Dump, keys: GuardKeys): readonly (readonly [number, number])[] {
  const names = new Pseudonyms(keys);
  const found: (readonly [number, number])[] = [];
  for (const [from, sender] of SENDERS.entries())
    for (const [to, recipient] of RECIPIENTS.entries()) {
      const { current } = names.pair({ tenant: TENANT, sender, recipient, atMs: AT_MS });
      if (dump.text.includes(`${current.sender} ${current.recipient}`)) found.push([from, to]);
    }
  return found;
}

const TRUTH = PARTNERS.map((to, from) => [from, to] as const);

function describeBlind(
  name: string,
  open: () => Promise<{
    guard: Guard;
    dump: () => Promise<Dump & { readonly raw: string }>;
    close: () => Promise<void>;
  }>,
): void {
  describe(`a dump of the guard's store in ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let dump: Dump & { readonly raw: string };
    beforeAll(async () => {
      opened = await open();
      await carryTraffic(opened.guard);
      dump = await opened.dump();
    }, 60_000);
    afterAll(async () => opened.close(), 60_000);

    it('holds no number, id, address or tenant', () => {
      for (const id of [TENANT, 'cluster of', ...SENDERS, ...RECIPIENTS]) {
        expect(dump.raw).not.toContain(id);
        expect(dump.raw).not.toContain(Buffer.from(id).toString('base64').replace(/=+$/, ''));
        expect(dump.raw).not.toContain(Buffer.from(id).toString('hex'));
      }
    });

    it('with the key gives every pair and no other, which shows that the search works', () => {
      expect(pairsFound(dump, KEYS)).toEqual(TRUTH);
    });

    it('without the key confirms no pair, whatever keys are tried', () => {
      for (let tries = 0; tries < 5; tries += 1) expect(pairsFound(dump, replayKeys(randomBytes(32)))).toEqual([]);
    });

    it('without the key leaves nothing to order pairs by but their order: matched by the order of names, as often right as by chance', () => {
      const rows = [...dump.text.matchAll(/^(\S{16}) (\S{16})$/gm)].map(([, sender = '', recipient = '']) => ({
        sender,
        recipient,
      }));
      expect(rows).toHaveLength(PEOPLE);
      const bySender = rows.toSorted((a, b) => (a.sender < b.sender ? -1 : 1));
      const recipients = rows.map(({ recipient }) => recipient).toSorted();
      const right = bySender.filter(({ recipient }, index) => recipients.indexOf(recipient) === PARTNERS[index]).length;
      // one is expected by chance; more than ten of a random matching is rarer than one in ten million
      expect(right).toBeLessThanOrEqual(10);
    });
  });
}

describeBlind('PostgreSQL', async () => {
  const { url } = await freshDatabase();
  const stores = new Stores({ url });
  return {
    guard: new Guard({ store: stores.guard, keys: KEYS, patienceMs: 60_000 }),
    dump: async () => {
      const rows = await stores.database.query<{ readonly pair: string }>(
        "SELECT sender || ' ' || recipient AS pair FROM transit.guard_pair",
      );
      const cells = await tableCells(url, { isWhole: true });
      const raw = cells.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('\n');
      return { text: rows.map(({ pair }) => pair).join('\n'), raw };
    },
    close: () => stores.close(),
  };
});

if (canRunRedis()) {
  describeBlind('Redis', async () => {
    const redis = await startRedis();
    const scripts = new RedisScriptRunner(redis.url);
    const ask = async (lua: string): Promise<string> => String(await scripts.run(lua, [], []));
    return {
      guard: new Guard({ store: new RedisGuardStore(scripts), keys: KEYS, patienceMs: 60_000 }),
      dump: async () => {
        const text = await ask(`local pairs = {}
          for _, key in ipairs(redis.call('KEYS', '*:p')) do
            for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do table.insert(pairs, string.sub(key, -18, -3) .. ' ' .. member) end
          end
          return table.concat(pairs, '\\n')`);
        let raw = '';
        for await (const { bytes } of filesIn(redis.folder, 'redis')) raw += Buffer.from(bytes).toString('latin1');
        expect(raw.length).toBeGreaterThan(1_000);
        return { text, raw };
      },
      close: async () => {
        await scripts.close();
        await redis.stop();
      },
    };
  });
}

/** Where the guard's input is declared: a field that is not in this list is a field that was not thought about. */
const FIELDS = [
  'tenant',
  'profile',
  'sender',
  'recipient',
  'atMs',
  'kind',
  'isEstablished',
  'transport',
  'assurance',
  'isRetry',
  'features',
  'gapClass',
  'country',
  'accountAgeMs',
  'establishedContacts',
  'clusters',
];

it('the guard is told nothing but the fields that were thought about, and none of them is bytes or unknown', async () => {
  const file = join(import.meta.dirname, '../../libs/abuse-control/src/guard-event.ts');
  const source = await readFile(file, 'utf8');
  const declared = [...source.matchAll(/^ {2}readonly (\w+)\??: ([^;]+);$/gm)];
  expect(new Set(declared.map(([, field]) => field))).toEqual(new Set(FIELDS));
  for (const [, , type = ''] of declared) expect(type).not.toMatch(/Uint8Array|Buffer|Bytes|unknown|any|Record|object/);
});
