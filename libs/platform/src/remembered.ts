/**
 * An answer that is believed for a while. Whoever asks meanwhile shares one question, also while that is still under way; a question that
 * failed is asked again by the next.
 */
export class Remembered<T> {
  private known: { readonly answer: Promise<T>; readonly untilMs: number } | undefined;

  /** `forMs` by a clock that never jumps. */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly forMs: number,
  ) {}

  get(): Promise<T> {
    const nowMs = performance.now();
    if (this.known && nowMs < this.known.untilMs) return this.known.answer;
    const known = { answer: this.ask(), untilMs: nowMs + this.forMs };
    this.known = known;
    known.answer.catch(() => {
      if (this.known === known) this.known = undefined;
    });
    return known.answer;
  }

  /** The next asks again. */
  forget(): void {
    this.known = undefined;
  }
}
