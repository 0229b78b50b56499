import { readdirSync, readFileSync } from 'node:fs';

/** Seconds of processor time (user and system) that a process and all its descendants have used, and their resident memory, from /proc. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Processes that ended meanwhile are counted by their parent (cutime, cstime). */
export function usageOf(pid: number): Usage {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? entryOf(name) : []));
  const wanted = new Set([pid]);
  for (let before = 0; before !== wanted.size;) {
    before = wanted.size;
    for (const entry of all) if (wanted.has(entry.parent)) wanted.add(entry.pid);
  }
  const own = all.filter((entry) => wanted.has(entry.pid));
  const sum = (of: (entry: Entry) => number): number => own.reduce((total, entry) => total + of(entry), 0);
  return { cpuSeconds: sum((entry) => entry.cpuSeconds), residentBytes: sum((entry) => entry.residentBytes) };
}

function entryOf(name: string): readonly Entry[] {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = [11, 12, 13, 14].reduce((total, index) => total + (fields[index] ?? 0), 0);
    return [
      {
        pid: Number(name),
        parent,
        cpuSeconds: ticks / TICKS_PER_SECOND,
        residentBytes: (fields[21] ?? 0) * PAGE_BYTES,
      },
    ];
  } catch {
    return [];
  }
}
