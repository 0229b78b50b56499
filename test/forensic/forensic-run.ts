import type { Device } from '@causeway/client';
import { allEdgeKeys, openedCells, openedWithEdgeKeys } from '../support/edge-key-trial.js';
import type { Marker } from '../support/marker.js';
import { scanFor, type Finding } from '../support/plaintext-scan.js';
import { tableCells } from '../support/resting-places.js';
import { Canaries } from './canaries.js';
import { ForensicSite, type Queue } from './forensic-site.js';
import { travel } from './journeys.js';
import { letMonthsPass, letWeeksPass, MONTHS_MS, WEEKS_MS } from './time-passes.js';
import { askWrongly } from './wrong-requests.js';

/** What a run found, each list to be empty unless it says otherwise. */
export interface ForensicReport {
  readonly queue: Queue;
  readonly canaries: readonly Marker[];
  /** In the clear, anywhere of ours, while everything waits; and after everything is over. */
  readonly rawBefore: readonly string[];
  readonly rawAfter: readonly string[];
  /** The control: what the keys open of the stores before the purge, by column. To be what the inventory says. */
  readonly openedBefore: readonly string[];
  readonly expectedBefore: readonly string[];
  /** The same keys on a copy of the stores from before the purge, after it. */
  readonly openedOfBackup: readonly string[];
  /** Nothing; in a short run, which the address key survives, numbers of contacts. */
  readonly expectedOfBackup: readonly string[];
  /** Live stores after the purge: numbers of contacts, which stay until their owner goes. */
  readonly openedAfter: readonly string[];
  readonly expectedAfter: readonly string[];
  /** Live stores once the people erased themselves. */
  readonly openedAfterErasure: readonly string[];
  /** Canaries that travelled to where they were meant to go, as handsets and devices show: a run without them shows nothing. */
  readonly arrived: readonly string[];
  readonly bytesByStore: ReadonlyMap<string, number>;
  readonly emptyStores: readonly string[];
}

/** Plants, searches, lets time pass, and searches again. */
export async function runForensic(
  queue: Queue,
  say: (line: string) => void,
  { isShort = false }: { readonly isShort?: boolean } = {},
): Promise<ForensicReport> {
  const site = await ForensicSite.open(queue);
  try {
    const canaries = new Canaries();
    const { lee, senders } = await travel(site, canaries);
    await askWrongly(site, canaries, lee);
    say(`${canaries.all.length} canaries are planted`);
    const markers = canaries.all;
    const raw = await scanFor(markers, site.everything());
    const backup = await tableCells(site.database.url, { isWhole: false });
    const openedBefore = await openedOf(site, markers);
    const arrived = await arrivals(site, canaries, [...senders.values(), lee]);
    say(
      `before the purge: ${raw.findings.length} in the clear, ${openedBefore.length} opened with the keys of the edge`,
    );
    await letWeeksPass(site, say);
    if (!isShort) await letMonthsPass(site, say);
    const after = await scanFor(markers, site.everything());
    const ofBackup = await scanFor(markers, openedCells(backup, await allEdgeKeys(site.keyFolder)));
    const openedAfter = await openedOf(site, markers);
    const nowMs = (): number => Date.now() + (isShort ? WEEKS_MS : MONTHS_MS);
    for (const [name, sender] of senders) {
      await sender.close();
      await (await site.world.reopen(name, { nowMs })).eraseAccount();
    }
    const openedAfterErasure = await openedOf(site, markers);
    return {
      queue,
      canaries: markers,
      rawBefore: raw.findings.map(described),
      rawAfter: after.findings.map(described),
      openedBefore,
      expectedBefore: [...contacts(), ...waiting()],
      expectedOfBackup: isShort ? contacts() : [],
      expectedAfter: contacts(),
      openedOfBackup: placesOf(ofBackup.findings),
      openedAfter,
      openedAfterErasure,
      arrived,
      bytesByStore: after.bytesByStore,
      emptyStores: site.stores.filter((store) => (after.bytesByStore.get(store) ?? 0) < 100),
    };
  } finally {
    await site.close();
  }
}

const CONTACTS = [
  'delivered',
  'refused',
  'undelivered',
  'unknown, found',
  'unknown, never found',
  'sent',
  'file',
  'rcs',
];
const WAITING = ['sms, sending', 'sms, ready', 'sms, unknown, never found'].map((state) => `body: ${state}`);
const WAITED_FOR = ['held', 'unknown, never found'].map((state) => `number: ${state}`);

/** The inventory: a number stays sealed as long as its contact does. */
const contacts = (): readonly string[] =>
  [...CONTACTS, 'preview', 'held'].map((state) => `registry.contact.sealed_number: number: ${state}`);

/** The inventory: an envelope stays until the terminal state. */
const waiting = (): readonly string[] => [...WAITING, ...WAITED_FOR].map((what) => `transit.envelope: ${what}`);

const described = ({ store, place, marker, encoding }: Finding): string =>
  `${store}, ${place}: ${marker} (${encoding})`;

async function openedOf(site: ForensicSite, markers: readonly Marker[]): Promise<readonly string[]> {
  const keys = await allEdgeKeys(site.keyFolder);
  return placesOf((await scanFor(markers, openedWithEdgeKeys(site.database.url, keys))).findings);
}

const PARTITION = /^(transit\.\w+?)_\w*\d+\.\w+$/;

/** Columns, partitions by their table, and what was opened there. */
const placesOf = (findings: readonly Finding[]): readonly string[] =>
  [...new Set(findings.map(({ place, marker }) => `${PARTITION.exec(place)?.[1] ?? place}: ${marker}`))].toSorted();

/** What handsets and devices show, which is where the words were to go. */
async function arrivals(
  { world }: ForensicSite,
  canaries: Canaries,
  people: readonly Device[],
): Promise<readonly string[]> {
  const shown = await Promise.all(
    people.map(async (device) => (await device.messages()).map(({ text }) => text).join()),
  );
  const state = await (await fetch(`${world.carrier.url}/phones/state`)).text();
  const { findings } = await scanFor(canaries.all, [
    { store: 'devices', place: 'devices', bytes: Buffer.from(shown.join()) },
    { store: 'handsets', place: 'handsets', bytes: Buffer.from(state) },
  ]);
  return [...new Set(findings.map(({ marker }) => marker))].toSorted();
}
