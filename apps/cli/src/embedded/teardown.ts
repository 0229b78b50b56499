import { errorFields, type Logger } from '@causeway/platform';

interface Step {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** What has been started, to be stopped in reverse order; one step that fails does not keep the next from running. */
export class Teardown {
  readonly #steps: Step[] = [];
  #running: Promise<void> | undefined;

  constructor(private readonly log: Logger) {}

  add(name: string, run: () => Promise<unknown>): void {
    this.#steps.unshift({ name, run });
  }

  /** May be called by whoever comes first, and again: it runs once. */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    for (const { name, run } of this.#steps) {
      await run().catch((thrown: unknown) => {
        this.log.error('process.stop-failed', { component: name, ...errorFields(thrown) });
      });
    }
  }
}
