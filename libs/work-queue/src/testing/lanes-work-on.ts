import { spawn } from 'node:child_process';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mintLaneId, type LaneId } from '@causeway/message-model';
import type { QueueBackend } from '../backend.js';
import { WorkQueue } from '../work-queue.js';

const LOADER = new URL('../../../../scripts/typescript/register.mjs', import.meta.url).href;
const HANGING_WORKER = `
  const { WorkQueue } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)});
  const queue = await WorkQueue.open(JSON.parse(process.argv[1]));
  await queue.lanes.drain('native', () => new Promise(() => process.stdout.write('draining')), { concurrency: 1 });
`;

const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

export async function until(holds: () => boolean, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!holds() && Date.now() < deadline) await pause(10);
}

/** The rows a real drain would read: pending work per lane, and what was done, in order. */
class LaneTable {
  readonly pending = new Map<LaneId, number[]>();
  readonly done = new Map<LaneId, number[]>();
  readonly running = new Set<LaneId>();
  overlaps = 0;

  add(laneId: LaneId, position: number): void {
    this.pending.set(laneId, [...(this.pending.get(laneId) ?? []), position]);
  }

  readonly drain = async (laneId: LaneId): Promise<void> => {
    if (this.running.has(laneId)) this.overlaps += 1;
    this.running.add(laneId);
    for (let next = this.take(laneId); next !== undefined; next = this.take(laneId)) {
      await pause(1);
      this.done.set(laneId, [...(this.done.get(laneId) ?? []), next]);
    }
    this.running.delete(laneId);
  };

  take(laneId: LaneId): number | undefined {
    const [first, ...rest] = this.pending.get(laneId) ?? [];
    this.pending.set(laneId, rest);
    return first;
  }

  get doneCount(): number {
    return [...this.done.values()].reduce((sum, positions) => sum + positions.length, 0);
  }
}

/** The one suite every backend passes. */
export function lanesWorkOn(name: string, makeBackend: () => Promise<QueueBackend>): void {
  describe(`lanes on ${name}`, () => {
    let where: QueueBackend;
    const opened: WorkQueue[] = [];
    const open = async (): Promise<WorkQueue> => {
      const queue = await WorkQueue.open(where);
      opened.push(queue);
      return queue;
    };

    beforeAll(async () => {
      where = await makeBackend();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((queue) => queue.close()));
    });

    it('loses no work, keeps order and never drains a lane twice at a time, with two workers', async () => {
      const table = new LaneTable();
      const lanes = Array.from({ length: 20 }, mintLaneId);
      const [adder, one, two] = [await open(), await open(), await open()];
      await one.lanes.drain('native', table.drain, { concurrency: 8 });
      await two.lanes.drain('native', table.drain, { concurrency: 8 });
      for (let position = 0; position < 30; position += 1) {
        for (const laneId of lanes) table.add(laneId, position);
        await adder.lanes.wake('native', lanes);
      }
      await until(() => table.doneCount === 600);
      expect(table.overlaps).toBe(0);
      expect(table.doneCount).toBe(600);
      for (const laneId of lanes)
        expect(table.done.get(laneId)).toEqual(Array.from({ length: 30 }, (_, position) => position));
    });

    it('drains a lane once more when it is woken while it is being drained', async () => {
      const laneId = mintLaneId();
      const queue = await open();
      let drains = 0;
      await queue.lanes.drain(
        'clear',
        async () => {
          drains += 1;
          if (drains > 1) return;
          await queue.lanes.wake('clear', [laneId]);
          await queue.lanes.wake('clear', [laneId]);
        },
        { concurrency: 2 },
      );
      await queue.lanes.wake('clear', [laneId]);
      await until(() => drains === 2);
      await pause(200);
      expect(drains).toBe(2);
    });

    it('adds one job for a lane that waits already', async () => {
      const laneId = mintLaneId();
      const queue = await open();
      for (let wake = 0; wake < 5; wake += 1) await queue.lanes.wake('clear', [laneId, laneId]);
      const drained: LaneId[] = [];
      await queue.lanes.drain('clear', async (id) => void drained.push(id), { concurrency: 4 });
      await until(() => drained.length > 0);
      await pause(200);
      expect(drained).toEqual([laneId]);
    });

    it('keeps the two tracks apart', async () => {
      const queue = await open();
      const [native, clear] = [mintLaneId(), mintLaneId()];
      const seen: string[] = [];
      await queue.lanes.drain('native', async (id) => void seen.push(`native ${id}`), { concurrency: 2 });
      await queue.lanes.drain('clear', async (id) => void seen.push(`clear ${id}`), { concurrency: 2 });
      await queue.lanes.wake('native', [native]);
      await queue.lanes.wake('clear', [clear]);
      await until(() => seen.length === 2);
      expect(seen.sort()).toEqual([`clear ${clear}`, `native ${native}`]);
    });

    it('goes on after a handler that throws, and can be woken again for the same lane', async () => {
      const laneId = mintLaneId();
      const queue = await open();
      const errors: unknown[] = [];
      let drains = 0;
      const failing = async (): Promise<void> => {
        drains += 1;
        if (drains === 1) throw new Error('a bug');
      };
      await queue.lanes.drain('native', failing, { concurrency: 1, onError: (thrown) => void errors.push(thrown) });
      await queue.lanes.wake('native', [laneId]);
      await until(() => drains === 1);
      await pause(100);
      await queue.lanes.wake('native', [laneId]);
      await until(() => drains === 2);
      expect(drains).toBe(2);
      expect(errors).toHaveLength(1);
    });

    it('waits for a lane that is being drained before it closes', async () => {
      const queue = await open();
      let state = 'idle';
      const slow = async (): Promise<void> => {
        state = 'draining';
        await pause(300);
        state = 'drained';
      };
      await queue.lanes.drain('native', slow, { concurrency: 1 });
      await queue.lanes.wake('native', [mintLaneId()]);
      await until(() => state === 'draining');
      await queue.close();
      expect(state).toBe('drained');
    });

    it('keeps a wake until someone drains', async () => {
      const laneId = mintLaneId();
      const first = await open();
      await first.lanes.wake('clear', [laneId]);
      await first.close();
      const drained: LaneId[] = [];
      const later = await open();
      await later.lanes.drain('clear', async (id) => void drained.push(id), { concurrency: 1 });
      await until(() => drained.length > 0);
      expect(drained).toEqual([laneId]);
    });

    it('gives a lane whose worker was killed to another within ten seconds', async () => {
      const laneId = mintLaneId();
      const queue = await open();
      const dying = spawn(process.execPath, [
        '--import',
        LOADER,
        '--input-type=module',
        '--eval',
        HANGING_WORKER,
        JSON.stringify(where),
      ]);
      const saidDraining = new Promise((resolve) => dying.stdout.once('data', resolve));
      await queue.lanes.wake('native', [laneId]);
      await saidDraining;
      const killedAt = Date.now();
      dying.kill('SIGKILL');
      const drained: LaneId[] = [];
      await queue.lanes.drain('native', async (id) => void drained.push(id), { concurrency: 1 });
      await until(() => drained.length > 0);
      expect(drained).toEqual([laneId]);
      expect(Date.now() - killedAt).toBeLessThan(10_000);
    }, 30_000);

    it('adds five hundred wakes in one go in less than two seconds', async () => {
      const queue = await open();
      const lanes = Array.from({ length: 500 }, mintLaneId);
      const startedAt = performance.now();
      expect(await queue.lanes.wake('native', lanes)).toBe('woken');
      const durationMs = performance.now() - startedAt;
      process.stdout.write(`${name}: 500 wakes in ${durationMs.toFixed(0)} ms\n`);
      expect(durationMs).toBeLessThan(2_000);
      const drained = new Set<LaneId>();
      const drainStartedAt = performance.now();
      await queue.lanes.drain('native', async (id) => void drained.add(id), { concurrency: 16 });
      await until(() => drained.size === 500);
      process.stdout.write(`${name}: 500 drains in ${(performance.now() - drainStartedAt).toFixed(0)} ms\n`);
      expect(drained.size).toBe(500);
    });
  });
}
