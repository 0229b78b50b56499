import { needlesOf, type Marker } from './marker.js';

/** Bytes that lie somewhere, with the name of the place. */
export interface Resting {
  readonly store: string;
  readonly place: string;
  readonly bytes: Buffer;
}

export interface Finding {
  readonly store: string;
  readonly place: string;
  readonly marker: string;
  readonly encoding: string;
}

export interface ScanReport {
  readonly findings: readonly Finding[];
  /** What was read, so that a scan of nothing does not pass for a clean one. */
  readonly bytesByStore: ReadonlyMap<string, number>;
}

/** Markers that begin alike are looked for together first: nearly everywhere there is none of them. */
const ALIKE_LETTERS = 8;

/** Looks for every marker in every encoding. */
export async function scanFor(
  markers: readonly Marker[],
  places: AsyncIterable<Resting> | Iterable<Resting>,
): Promise<ScanReport> {
  const beginningsOf = new Set(markers.map(({ text }) => text.slice(0, ALIKE_LETTERS)));
  const families = [...beginningsOf].map((beginning) => ({
    beginnings: needlesOf({ name: 'all', text: beginning }),
    needles: markers.filter(({ text }) => text.startsWith(beginning)).flatMap(needlesOf),
  }));
  const findings: Finding[] = [];
  const bytesByStore = new Map<string, number>();
  for await (const { store, place, bytes } of places) {
    bytesByStore.set(store, (bytesByStore.get(store) ?? 0) + bytes.length);
    for (const { beginnings, needles } of families) {
      if (!beginnings.some((beginning) => bytes.includes(beginning.bytes))) continue;
      for (const { marker, encoding, bytes: needle } of needles)
        if (bytes.includes(needle)) findings.push({ store, place, marker, encoding });
    }
  }
  return { findings, bytesByStore };
}
