import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** Of a process and all its descendants, from /proc. */
export interface Usage {
  /** Processor time, user and system. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export interface Memory {
  /** Proportional set size: a page that n processes share counts as an nth in each. */
  readonly pssBytes: number;
  readonly rssBytes: number;
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
  const own = familyOf(pid);
  const sum = (of: (entry: Entry) => number): number => own.reduce((total, entry) => total + of(entry), 0);
  return { cpuSeconds: sum((entry) => entry.cpuSeconds), residentBytes: sum((entry) => entry.residentBytes) };
}

export const usagesOf = (pids: Readonly<Record<string, number>>): Readonly<Record<string, Usage>> =>
  Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid)]));

/** Memory of a process and those of its descendants that run the program named, for example `node`. */
export function memoryOf(pid: number, program?: string): Memory {
  const own = familyOf(pid).filter((entry) => program === undefined || programOf(entry.pid) === program);
  const parts = own.map((entry) => rollup(entry.pid));
  const sum = (of: (part: Memory) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return { pssBytes: sum((part) => part.pssBytes), rssBytes: sum((part) => part.rssBytes) };
}

export const countOf = (pid: number, program: string): number =>
  familyOf(pid).filter((entry) => programOf(entry.pid) === program).length;

function familyOf(pid: number): readonly Entry[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? entryOf(name) : []));
  const wanted = new Set([pid]);
  for (let before = 0; before !== wanted.size;) {
    before = wanted.size;
    for (const entry of all) if (wanted.has(entry.parent)) wanted.add(entry.pid);
  }
  return all.filter((entry) => wanted.has(entry.pid));
}

function programOf(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return '';
  }
}

function rollup(pid: number): Memory {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const bytes = (field: string): number =>
      Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
    return { pssBytes: bytes('Pss'), rssBytes: bytes('Rss') };
  } catch {
    return { pssBytes: 0, rssBytes: 0 };
  }
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
    // it ended between the two looks
    return [];
  }
}
