interface Waiting {
  /** Runs the turn; answers what settles its caller, once the writes are on disk. */
  readonly decide: () => () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Turns one after another, written in groups: those that wait while a write is under way make the next group, each seeing what the ones
 * before it decided, and one write brings all of it to disk. No turn ends before that; when the write fails, all of its group fail.
 */
export class DurableTurns {
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  /** `write` brings to disk what the turns of a group decided. */
  constructor(private readonly write: () => Promise<void>) {}

  run<Result>(turn: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const decide = () => {
        const result = turn();
        return () => resolve(result);
      };
      this.#waiting.push({ decide, reject });
      this.#running ??= this.#runAll();
    });
  }

  /** When nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #runAll(): Promise<void> {
    // whoever asks in the same moment is of the first group
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#runGroup(group);
    }
    this.#running = undefined;
  }

  async #runGroup(group: readonly Waiting[]): Promise<void> {
    const decided = group.flatMap(({ decide, reject }) => {
      try {
        return [{ settle: decide(), reject }];
      } catch (thrown) {
        reject(thrown);
        return [];
      }
    });
    try {
      await this.write();
      for (const { settle } of decided) settle();
    } catch (thrown) {
      for (const { reject } of decided) reject(thrown);
    }
  }
}
