import type { Device, SentMessage } from '@causeway/client';
import { messageIdToBytes } from '@causeway/message-model';
import pg from 'pg';
import { rowsOf } from '../../libs/client/src/testing/raw-rows.js';
import { allEdgeKeys, openedCells, openedWithEdgeKeys } from '../support/edge-key-trial.js';
import type { Marker } from '../support/marker.js';
import { scanFor } from '../support/plaintext-scan.js';
import { tableCells } from '../support/resting-places.js';
import { eventually, type World } from '../support/world.js';
import { Canaries } from './canaries.js';
import type { ForensicSite } from './forensic-site.js';

/** Where the copies of one message wait when its time comes. */
export const PLACES = [
  'native, shown',
  'native, in the inbox',
  'sms, at the carrier',
  'sms, behind it',
  'rcs, before its fallback',
] as const;
export type Place = (typeof PLACES)[number];

/** A machine that is too busy to bring all of them to their places within five seconds gives them longer. */
const LIVES_SECONDS = [5, 10, 20, 40, 80] as const;
const LATER = { withinMs: 90_000 };
/** Makes the row of a message the longest there is: it is known by that, since it is sealed. */
const LONG = 20_000;

export interface People {
  readonly kim: Device;
  readonly lee: Device;
  /** The address of somebody who is away and has let kim in. */
  readonly away: string;
}

/** Messages that are about to vanish, each in its place, and what was found of them there. */
export interface Planted {
  readonly lifeSeconds: number;
  readonly deadlineMs: number;
  readonly canaries: Canaries;
  readonly sent: Readonly<Record<Place, SentMessage>>;
  readonly phones: { readonly sms: string; readonly rcs: string };
  /** A copy of every cell of every table. */
  readonly copy: Awaited<ReturnType<typeof tableCells>>;
  /** What the keys of the edge open of it: the control. */
  readonly opened: readonly string[];
  /** Leg keys they may be sealed to. */
  readonly legKeys: readonly string[];
  /** Rows of the messages in the folders of the two devices, by the name of the folder. */
  readonly rows: ReadonlyMap<string, readonly Buffer[]>;
}

/** Throws when no life was long enough. */
export async function plant(site: ForensicSite, people: People, say: (line: string) => void): Promise<Planted> {
  for (const lifeSeconds of LIVES_SECONDS) {
    const planted = await tryToPlant(site, people, lifeSeconds);
    if (typeof planted !== 'string') return planted;
    say(`${lifeSeconds} seconds were not enough to bring every message to its place (${planted})`);
    await site.world.carrier.clearFaults();
    await site.world.carrier.release('drop');
  }
  throw new Error('the messages did not come to their places in any time');
}

async function tryToPlant(site: ForensicSite, people: People, lifeSeconds: number): Promise<Planted | string> {
  const { world } = site;
  const canaries = new Canaries();
  const phones = { sms: canaries.number('sms'), rcs: canaries.number('rcs') };
  await firstWords(world, people.kim, phones);
  const former = new Map(await Promise.all(FOLDERS.map(async (name) => [name, await rowsIn(world, name)] as const)));
  const expires = { relative: false, timeSeconds: Math.floor(Date.now() / 1000) + lifeSeconds };
  const deadlineMs = expires.timeSeconds * 1000;
  const sent = await send(people, { canaries, phones, expires });
  const missing = await notInPlace(site, people, { sent, canaries, deadlineMs });
  if (missing !== undefined) return missing;
  const copy = await tableCells(site.database.url, { isWhole: false });
  const rows = new Map(
    await Promise.all(
      FOLDERS.map(async (name) => {
        const known = former.get(name) ?? [];
        const found = (await rowsIn(world, name)).filter(
          (row) => row.length > LONG && !known.some((each) => each.equals(row)),
        );
        return [name, found] as const;
      }),
    ),
  );
  if (Date.now() >= deadlineMs) return 'looked at too late';
  const keys = await allEdgeKeys(site.keyFolder);
  const { findings } = await scanFor(words(canaries), openedCells(copy, keys));
  const opened = [...new Set(findings.map(({ marker }) => marker))].toSorted();
  // the next key is there already, and nothing is sealed to it yet
  const inUse = keys.legKeys.filter(({ track, sealFrom }) => track === 'short' && sealFrom * 1000 < deadlineMs);
  const legKeys = inUse.map(({ keyId }) => keyId);
  return { lifeSeconds, deadlineMs, canaries, sent, phones, copy, opened, legKeys, rows };
}

const FOLDERS = ['kim', 'lee'] as const;

const rowsIn = (world: World, name: string): Promise<readonly Buffer[]> => rowsOf(world.deviceFolder(name));

/** So that numbers are known, and nothing but the messages themselves takes time. */
async function firstWords(world: World, kim: Device, phones: Planted['phones']): Promise<void> {
  await setOnline(world, phones.rcs, true);
  const first = [
    await kim.send(`tel:${phones.sms}`, 'hello', { allowClear: ['sms'] }),
    await kim.send(`tel:${phones.rcs}`, 'hello', { allowClear: ['rcs', 'sms'] }),
  ];
  for (const { messageId } of first)
    await eventually(async () => (await kim.status(messageId)).state.kind === 'delivered', LATER);
  await setOnline(world, phones.rcs, false);
  await world.carrier.fault({ mode: 'hold', point: 'before' });
}

async function send(
  { kim, lee, away }: People,
  {
    canaries,
    phones,
    expires,
  }: {
    readonly canaries: Canaries;
    readonly phones: Planted['phones'];
    readonly expires: { readonly relative: boolean; readonly timeSeconds: number };
  },
): Promise<Planted['sent']> {
  const say = (place: Place): string => canaries.words('body', place);
  const long = (place: Place): string => `${say(place)} ${'.'.repeat(LONG)}`;
  const overSms = (place: Place) => kim.send(`tel:${phones.sms}`, say(place), { allowClear: ['sms'], expires });
  const [shown, waiting, first, rcs] = await Promise.all([
    kim.send(lee.address, long('native, shown'), { expires }),
    kim.send(away, long('native, in the inbox'), { expires }),
    overSms('sms, at the carrier'),
    kim.send(`tel:${phones.rcs}`, say('rcs, before its fallback'), { allowClear: ['rcs', 'sms'], expires }),
  ]);
  const second = await overSms('sms, behind it');
  return {
    'native, shown': shown,
    'native, in the inbox': waiting,
    'sms, at the carrier': first,
    'sms, behind it': second,
    'rcs, before its fallback': rcs,
  };
}

/** What is not where it is to be, when the time is up; undefined when everything is. */
async function notInPlace(
  { world, database }: ForensicSite,
  { lee }: People,
  { sent, canaries, deadlineMs }: Pick<Planted, 'sent' | 'canaries' | 'deadlineMs'>,
): Promise<string | undefined> {
  const states: Readonly<Record<Place, string>> = {
    'native, shown': 'delivered',
    'native, in the inbox': 'sent',
    'sms, at the carrier': 'sending',
    'sms, behind it': 'ready',
    'rcs, before its fallback': 'sending',
  };
  let missing = '';
  const are = async (): Promise<boolean> => {
    for (const place of PLACES) {
      const state = await stateOf(database.url, sent[place]);
      missing = `${place}: ${state}`;
      if (state !== states[place]) return false;
    }
    missing = 'the recipient, or the carrier';
    return (await shows(lee, canaries, 'native, shown')) && (await world.carrier.held()).length === 1;
  };
  return eventually(are, { withinMs: Math.max(1, deadlineMs - Date.now() - 500) }).then(
    () => undefined,
    () => missing,
  );
}

export const shows = async (device: Device, canaries: Canaries, place: Place): Promise<boolean> =>
  (await device.messages()).some(({ text }) => text?.includes(canaries.words('body', place)));

/** The canaries that are words; numbers of contacts stay until their owner goes. */
export const words = (canaries: Canaries): readonly Marker[] =>
  canaries.all.filter(({ name }) => name.startsWith('body'));

export async function setOnline(world: World, e164: string, online: boolean): Promise<void> {
  const { ok, status } = await fetch(`${world.carrier.url}/handsets/${e164}/state`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ online }),
  });
  if (!ok) throw new Error(`the simulator answered ${status}`);
}

/** What the keys that are left open of the stores as they are now. */
export async function openedNow(site: ForensicSite, canaries: Canaries): Promise<readonly string[]> {
  const keys = await allEdgeKeys(site.keyFolder);
  const { findings } = await scanFor(words(canaries), openedWithEdgeKeys(site.database.url, keys));
  return findings.map(({ place, marker }) => `${place}: ${marker}`);
}

/** Sealed words that lie in the table of what waits. */
export async function envelopes(url: string): Promise<number> {
  return (await asked(url, 'SELECT id FROM transit.envelope')).length;
}

/** As the database has it: the sender's device has forgotten the message. */
export async function stateOf(url: string, { messageId }: SentMessage): Promise<string | undefined> {
  const sql = 'SELECT state AS id FROM transit.message WHERE message_id = $1';
  return (await asked(url, sql, Buffer.from(messageIdToBytes(messageId))))[0];
}

async function asked(url: string, sql: string, ...values: readonly Buffer[]): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ id: string }>(sql, [...values])).rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}
