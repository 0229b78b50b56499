import { CausewayError } from '@causeway/message-model';

/** Items that are waiting while a batch is under way. */
interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/** A batch of this many says that there is load, unless its limits say otherwise. */
const BUSY_ITEMS = 4;

export interface GroupLimits<Item> {
  readonly maxItems: number;
  readonly maxUnderWay: number;
  /** Under load the least time from the beginning of one batch to the next, milliseconds. */
  readonly gatherMs?: number;
  /** How many items of a batch say that there is load. */
  readonly busyItems?: number;
  /** Whose item it is. When more wait than a batch holds, everybody gets the same share of it. */
  readonly ownerOf?: (item: Item) => string;
}

/**
 * Runs many single requests as few batches: whatever arrives while a batch is under way makes the next one, so a quiet system adds no delay
 * and a busy one few round trips. When a batch fails, its halves are tried, and theirs, so that a bad item is found in a few round trips
 * and harms no neighbour.
 */
export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;
  private last = { beganAtMs: -Infinity, items: 0 };
  private gathering: NodeJS.Timeout | undefined;

  constructor(
    private readonly run: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly limits: GroupLimits<Item>,
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.waiting.length === this.limits.maxItems) void this.next();
      else if (this.waiting.length === 1 && this.underWay < this.limits.maxUnderWay)
        setImmediate(() => void this.next());
    });
  }

  private async next(): Promise<void> {
    if (this.waiting.length === 0 || this.underWay >= this.limits.maxUnderWay || this.gathers()) return;
    const batch = this.takeBatch();
    this.last = { beganAtMs: performance.now(), items: batch.length };
    this.underWay += 1;
    const settled = this.settle(batch);
    // what did not fit need not wait for this batch to end
    void this.next();
    await settled;
    this.underWay -= 1;
    void this.next();
  }

  /** True while a batch would follow a busy one too soon; comes back when it would not. A full batch has nothing to wait for. */
  private gathers(): boolean {
    const { gatherMs = 0, busyItems = BUSY_ITEMS, maxItems } = this.limits;
    const remainingMs = this.last.beganAtMs + gatherMs - performance.now();
    if (remainingMs <= 0 || this.last.items < busyItems || this.waiting.length >= maxItems) return false;
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      void this.next();
    }, remainingMs);
    return true;
  }

  /** In order of arrival; when not all fit, each owner's next in turn, so that whoever floods waits behind the own flood. */
  private takeBatch(): readonly Waiting<Item, Result>[] {
    const { maxItems, ownerOf } = this.limits;
    if (this.waiting.length <= maxItems || !ownerOf) return this.waiting.splice(0, maxItems);
    const turns = new Map<string, number>();
    const ranked = this.waiting.map((waiting, arrival) => {
      const owner = ownerOf(waiting.item);
      const turn = turns.get(owner) ?? 0;
      turns.set(owner, turn + 1);
      return { waiting, arrival, turn };
    });
    const taken = new Set(ranked.toSorted((a, b) => a.turn - b.turn || a.arrival - b.arrival).slice(0, maxItems));
    this.waiting = ranked.filter((each) => !taken.has(each)).map(({ waiting }) => waiting);
    return ranked.filter((each) => taken.has(each)).map(({ waiting }) => waiting);
  }

  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.run(batch.map(({ item }) => item));
      batch.forEach((waiting, index) => {
        const result = results[index];
        if (result === undefined) waiting.reject(new Error('a batch answered fewer items than it was given'));
        else waiting.resolve(result);
      });
    } catch (reason) {
      if (batch.length === 1 || isAway(reason)) {
        for (const { reject } of batch) reject(reason);
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await this.settle(batch.slice(0, half));
      await this.settle(batch.slice(half));
    }
  }
}

/** Nothing is wrong with the items: whoever asks again later gets through. */
const isAway = (reason: unknown): boolean => reason instanceof CausewayError && reason.code === 'unavailable';
