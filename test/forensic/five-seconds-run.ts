import { ledgerPageSchema } from '@causeway/api-contract';
import { rawIn } from '../../libs/client/src/testing/raw-rows.js';
import { allEdgeKeys, openedCells } from '../support/edge-key-trial.js';
import { scanFor } from '../support/plaintext-scan.js';
import { eventually } from '../support/world.js';
import {
  envelopes,
  openedNow,
  plant,
  PLACES,
  setOnline,
  shows,
  stateOf,
  words,
  type People,
  type Place,
  type Planted,
} from './five-seconds.js';
import { ForensicSite, type Queue } from './forensic-site.js';
import { killPurges, LongReader, purged } from './killed-purges.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The key is a quarter of an hour old at most, and looked at every fifteen seconds. */
const KEYS_GONE_MS = 15 * MINUTE_MS + 1_000;
const PATIENCE = { withinMs: 180_000 };
/** What a device may be late by on a machine that does other things too. */
const LATE_MS = 10_000;

export interface FiveSecondOptions {
  /** How often the worker is killed while it purges. */
  readonly kills: number;
  /** How long a reader keeps its transaction open, milliseconds. */
  readonly readerMs: number;
}

/** What a run found; each list is to be empty. */
export interface FiveSecondReport {
  readonly queue: Queue;
  readonly lifeSeconds: number;
  /** What the control opened, to be `expected`. */
  readonly opened: readonly string[];
  readonly expected: readonly string[];
  /** Milliseconds after the deadline at which the last copy was gone from devices and from what waits. */
  readonly goneAfterMs: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  readonly kills: number;
  readonly readerSeconds: number;
  readonly bytesSearched: number;
}

/**
 * Messages that live for five seconds, on each network and in each place where a copy can wait: gone from every door at their time, noise
 * within a quarter of an hour, whatever happens to the purge meanwhile.
 */
export async function runFiveSeconds(
  queue: Queue,
  say: (line: string) => void,
  { kills, readerMs }: FiveSecondOptions,
): Promise<FiveSecondReport> {
  const site = await ForensicSite.open(queue);
  try {
    const people = await register(site);
    const planted = await plant(site, people, say);
    say(`messages of ${planted.lifeSeconds} seconds wait in ${PLACES.length} places`);
    const violations: string[] = [];
    const reader = await LongReader.begin(site.database.url);
    let facts: Pick<FiveSecondReport, 'goneAfterMs'> & { readonly aheadMs: number; readonly calls: number };
    try {
      const goneAfterMs = await atTheDeadline(site, people, planted, violations);
      const gone = Object.entries(goneAfterMs).map(([place, ms]) => `${ms} ms (${place})`);
      say(`gone after ${gone.join(', ')}`);
      const calls = await afterTheDeadline(site, planted, violations);
      await whenTheKeyIsGone(site, planted, violations);
      say('a quarter of an hour later: the key is destroyed');
      await isTaken(people, violations);
      facts = { goneAfterMs, calls, aheadMs: await killPurges(site, { kills, aheadMs: 2 * HOUR_MS }) };
      await reader.stay(readerMs);
    } finally {
      await reader.end();
    }
    await purged(site.database.url, facts.aheadMs);
    violations.push(...(await faultsOfLedger(site, people)));
    if ((await callsOf(site)) !== facts.calls) violations.push('the carrier was called after the deadline');
    say(`${kills} purges were killed, a reader stayed for ${readerMs / 1000} s: everything past is purged`);
    const { findings, bytesByStore } = await scanFor(words(planted.canaries), site.everything());
    violations.push(...findings.map(({ store, place, marker }) => `in the clear: ${store}, ${place}: ${marker}`));
    const expected = PLACES.filter((place) => !place.startsWith('native')).map((place) => `body: ${place}`);
    return {
      queue,
      lifeSeconds: planted.lifeSeconds,
      opened: planted.opened,
      expected: expected.toSorted(),
      goneAfterMs: facts.goneAfterMs,
      violations,
      kills,
      readerSeconds: readerMs / 1000,
      bytesSearched: [...bytesByStore.values()].reduce((total, bytes) => total + bytes, 0),
    };
  } finally {
    await site.close();
  }
}

async function register({ world }: ForensicSite): Promise<People> {
  const [kim, lee, mo] = [await world.register('kim'), await world.register('lee'), await world.register('mo')];
  for (const other of [lee, mo]) await world.befriend(kim, other);
  for (const other of [lee, mo]) await eventually(async () => (await other.messages()).length > 0, PATIENCE);
  await mo.close();
  return { kim, lee, away: mo.address };
}

/** From the second of the deadline on nothing shows the words, and soon no row holds them. */
async function atTheDeadline(
  site: ForensicSite,
  { kim, lee }: People,
  { deadlineMs, canaries, rows }: Planted,
  violations: string[],
): Promise<Readonly<Record<string, number>>> {
  await new Promise((resolve) => setTimeout(resolve, deadlineMs - Date.now()));
  const anyOn = async (device: typeof kim): Promise<boolean> => {
    for (const place of PLACES) if (await shows(device, canaries, place)) return true;
    return false;
  };
  const isRaw = async (name: string): Promise<boolean> =>
    (await rawIn(site.world.deviceFolder(name), rows.get(name) ?? [])).length > 0;
  const places: Readonly<Record<string, () => Promise<boolean>>> = {
    'what the recipient sees': () => anyOn(lee),
    'what the sender sees': () => anyOn(kim),
    'sealed words that wait': async () => (await envelopes(site.database.url)) > 0,
    'files of the recipient': () => isRaw('lee'),
    'files of the sender': () => isRaw('kim'),
  };
  for (const name of ['kim', 'lee'])
    if ((rows.get(name) ?? []).length === 0) violations.push(`the control found no row in the files of ${name}`);
  const gone = await Promise.all(
    Object.entries(places).map(async ([place, isThere]) => {
      await eventually(async () => !(await isThere()), { withinMs: LATE_MS }).catch((thrown: unknown) => {
        violations.push(`still there ${LATE_MS} ms after the deadline: ${place} (${String(thrown)})`);
      });
      return [place, Date.now() - deadlineMs] as const;
    }),
  );
  return Object.fromEntries(gone);
}

/**
 * Doors that open later show nothing either: a device that was away, a carrier that lets go, a handset that comes back. Answers how many calls
 * the carrier of SMS had, of which there are to be no more.
 */
async function afterTheDeadline(
  site: ForensicSite,
  { canaries, sent, phones }: Planted,
  violations: string[],
): Promise<number> {
  const { world } = site;
  const openedLive = await openedNow(site, canaries);
  violations.push(...openedLive.map((each) => `opened after the deadline: ${each}`));
  const mo = await world.reopen('mo');
  await mo.poll();
  if (await shows(mo, canaries, 'native, in the inbox')) violations.push('handed out after the deadline');
  await mo.close();
  // a call is in the log of the carrier when it ended
  const calls = (await callsOf(site)) + (await world.carrier.held()).length;
  await world.carrier.clearFaults();
  await world.carrier.release('drop');
  await setOnline(world, phones.rcs, true);
  const over = async (place: Place): Promise<boolean> => (await stateOf(site.database.url, sent[place])) === 'expired';
  for (const place of ['native, in the inbox', 'sms, behind it'] as const)
    await eventually(() => over(place), { ...PATIENCE, what: `${place} is expired` });
  const shown = await (await fetch(`${world.carrier.url}/phones/state`)).text();
  for (const place of ['sms, at the carrier', 'sms, behind it'] as const)
    if (shown.includes(canaries.words('body', place))) violations.push(`on a handset after the deadline: ${place}`);
  return calls;
}

const callsOf = async ({ world }: ForensicSite): Promise<number> => (await world.carrier.counts())['create'] ?? 0;

async function whenTheKeyIsGone(site: ForensicSite, planted: Planted, violations: string[]): Promise<void> {
  await site.world.moveClock(KEYS_GONE_MS);
  const isGone = async (): Promise<boolean> => {
    const { legKeys } = await allEdgeKeys(site.keyFolder);
    return !legKeys.some(({ keyId }) => planted.legKeys.includes(keyId));
  };
  await eventually(isGone, { ...PATIENCE, what: 'the keys of the track are destroyed' });
  const keys = await allEdgeKeys(site.keyFolder);
  const { findings } = await scanFor(words(planted.canaries), openedCells(planted.copy, keys));
  violations.push(
    ...findings.map(({ place, marker }) => `opened of a copy, with all keys that are left: ${place}: ${marker}`),
  );
}

/** Nobody who writes waits for the reader. */
async function isTaken({ kim, lee }: People, violations: string[]): Promise<void> {
  const { messageId } = await kim.send(lee.address, 'while somebody reads');
  await eventually(async () => (await kim.status(messageId)).state.kind === 'delivered', PATIENCE).catch(() => {
    violations.push('a message did not pass while a reader held its transaction open');
  });
}

/** Each purge stands there once, and all of it is signed and chained. */
async function faultsOfLedger({ world }: ForensicSite, { kim }: People): Promise<readonly string[]> {
  const read = async () => {
    const names: string[] = [];
    for (let after = 0, hasMore = true; hasMore;) {
      const answer = await fetch(`${world.gatewayUrl}/v1/retention/ledger?after=${after}&limit=500`);
      const page = ledgerPageSchema.parse(await answer.json());
      names.push(...page.entries.map(({ class: name, keyId }) => `${name} ${keyId}`));
      after = page.entries.at(-1)?.sequence ?? after;
      hasMore = page.hasMore;
    }
    return names;
  };
  await eventually(async () => (await read()).some((name) => name.startsWith('inbox ')), PATIENCE);
  const names = await read();
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  await kim.poll();
  const verdict = await kim.retention.checkLedger();
  return [
    ...twice.map((name) => `twice in the ledger: ${name}`),
    ...(verdict?.kind === 'sound' ? [] : ['the ledger is not sound']),
  ];
}
