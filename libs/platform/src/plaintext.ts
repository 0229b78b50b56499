import { inspect } from 'node:util';

const REDACTED_PLAINTEXT = '[plaintext]';

/**
 * What a person wrote, or a number they can be reached at, while the edge holds it. Prints, serialises and inspects as
 * `[plaintext]`, so a log line, an error or a job made of it by mistake carries nothing.
 */
export class Plaintext<Value = string> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  /** The only way to the value. Do not keep the result beyond the request that needs it. */
  reveal(): Value {
    return this.#value;
  }

  map<Next>(change: (value: Value) => Next): Plaintext<Next> {
    return new Plaintext(change(this.#value));
  }

  toString(): string {
    return REDACTED_PLAINTEXT;
  }

  toJSON(): string {
    return REDACTED_PLAINTEXT;
  }

  [inspect.custom](): string {
    return REDACTED_PLAINTEXT;
  }
}
