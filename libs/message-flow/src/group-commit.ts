import { CausewayError } from '@causeway/message-model';

/** Items that are waiting while a batch is under way. */
interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Runs many single requests as few batches: whatever arrives while a batch is under way makes the next one, so a quiet system adds no delay
 * and a busy one few round trips. When a batch fails, its halves are tried, and theirs, so that a bad item is found in a few round trips
 * and harms no neighbour.
 */
export class GroupCommit<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;

  constructor(
    private readonly run: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly limits: { readonly maxItems: number; readonly maxUnderWay: number },
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.underWay < this.limits.maxUnderWay && this.waiting.length === 1) setImmediate(() => void this.next());
    });
  }

  private async next(): Promise<void> {
    if (this.waiting.length === 0 || this.underWay >= this.limits.maxUnderWay) return;
    const batch = this.waiting.splice(0, this.limits.maxItems);
    this.underWay += 1;
    const settled = this.settle(batch);
    // what did not fit need not wait for this batch to end
    void this.next();
    await settled;
    this.underWay -= 1;
    void this.next();
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
