import type { Keeping } from '@causeway/edge-keys';

interface Stoppable {
  stop(): Promise<void>;
}

/** Begins something once this edge keeps the keys and is ready for it, whichever comes last; ends it once. */
export class WhileKeeping {
  private keeping: Keeping | undefined;
  private begin: ((keeping: Keeping) => Stoppable) | undefined;
  private begun: Stoppable | undefined;
  private isStopped = false;

  keeps(keeping: Keeping): void {
    this.keeping = keeping;
    this.beginIfDue();
  }

  whenReady(begin: (keeping: Keeping) => Stoppable): void {
    this.begin = begin;
    this.beginIfDue();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.begun?.stop();
  }

  private beginIfDue(): void {
    if (this.keeping && this.begin && !this.begun && !this.isStopped) this.begun = this.begin(this.keeping);
  }
}
