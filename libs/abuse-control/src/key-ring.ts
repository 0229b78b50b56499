import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { GuardKeys } from './pseudonyms.js';
import { weekOf } from './pseudonyms.js';

const KEY_BYTES = 32;
/** Who holds the lock died with it when it is so old, milliseconds. */
const LOCK_DIES_MS = 10_000;
const LOCK_POLL_MS = 20;

/** Keys of weeks, and the one that only spreads senders. */
interface Ring {
  readonly shard: Uint8Array;
  readonly weeks: ReadonlyMap<number, Uint8Array>;
}

/**
 * `K_guard`: one random key a week, in a file that the processes of one data folder share. The file has last week's, this week's and next
 * week's, so every process knows a key before it is used; what is older is overwritten by the first process that turns, and then nobody can
 * make the names under which its conduct was kept. Nothing derives one key from another, so nothing brings an old one back.
 */
export class GuardKeyRing implements GuardKeys {
  private constructor(
    private readonly path: string,
    private ring: Ring,
  ) {}

  /** `path` names a file in the data folder's keys; made when there is none. */
  static async open(path: string, nowMs: number): Promise<GuardKeyRing> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const ring = new GuardKeyRing(path, { shard: new Uint8Array(), weeks: new Map() });
    await ring.turn(nowMs);
    return ring;
  }

  get shardKey(): Uint8Array {
    return this.ring.shard;
  }

  /** Throws for a week whose key is destroyed, and for one too far ahead: neither is asked for while clocks agree. */
  keyOf(week: number): Uint8Array {
    const key = this.ring.weeks.get(week);
    if (!key) throw new Error(`the guard's key of week ${String(week)} is destroyed or not made yet`);
    return key;
  }

  /** Destroys what is past and makes what comes. Cheap when there is nothing to do; safe from several processes at once. */
  async turn(nowMs: number): Promise<void> {
    const week = weekOf(nowMs);
    const wanted = [week - 1, week, week + 1];
    if (isExactly(this.ring, wanted)) return;
    await locked(`${this.path}.lock`, async () => {
      const stored = await read(this.path);
      const ring: Ring = {
        shard: stored?.shard ?? randomBytes(KEY_BYTES),
        weeks: new Map(wanted.map((each) => [each, stored?.weeks.get(each) ?? randomBytes(KEY_BYTES)])),
      };
      if (!stored || !isExactly(stored, wanted)) await overwrite(this.path, ring);
      this.ring = ring;
    });
  }
}

const isExactly = ({ weeks }: Ring, wanted: readonly number[]): boolean =>
  weeks.size === wanted.length && wanted.every((week) => weeks.has(week));

async function read(path: string): Promise<Ring | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const bytes = (encoded: string | undefined): Uint8Array => {
    const key = Buffer.from(encoded ?? '', 'base64');
    if (key.length !== KEY_BYTES) throw new Error('the key file of the guard is damaged: remove it to begin anew');
    return key;
  };
  const [first, ...rest] = lines;
  return { shard: bytes(first?.[1]), weeks: new Map(rest.map(([week, key]) => [Number(week), bytes(key)])) };
}

/**
 * The new file takes the name, then the old bytes are written over where they lie: a rename alone leaves them on the disk. What a medium
 * keeps that never writes in place (flash, copy on write) is beyond this.
 */
async function overwrite(path: string, { shard, weeks }: Ring): Promise<void> {
  const lines = [`shard ${base64(shard)}`, ...[...weeks].map(([week, key]) => `${String(week)} ${base64(key)}`)];
  const suffix = `${String(process.pid)}.${randomBytes(4).toString('hex')}`;
  const [made, old] = [`${path}.${suffix}`, `${path}.${suffix}.old`];
  await writeDurably(made, Buffer.from(`${lines.join('\n')}\n`), 'wx');
  const hasOld = await linked(path, old);
  await rename(made, path);
  if (!hasOld) return;
  await writeDurably(old, Buffer.alloc((await stat(old)).size), 'r+');
  await rm(old);
}

async function writeDurably(path: string, bytes: Uint8Array, flags: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function linked(path: string, name: string): Promise<boolean> {
  try {
    await link(path, name);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}

async function locked(path: string, work: () => Promise<void>): Promise<void> {
  const beganMs = performance.now();
  for (;;) {
    try {
      await (await open(path, 'wx', 0o600)).close();
      break;
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
      if (performance.now() - beganMs > LOCK_DIES_MS) await rm(path, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
  }
  try {
    await work();
  } finally {
    await rm(path, { force: true });
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
