import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED_SECRET = '[secret]';

/** A credential. Prints, serialises and inspects as `[secret]`; `reveal` is the only way to the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** Takes the same time wherever the candidate differs. */
  matches(candidate: string): boolean {
    return timingSafeEqual(sha256(candidate), sha256(this.#text));
  }

  toString(): string {
    return REDACTED_SECRET;
  }

  toJSON(): string {
    return REDACTED_SECRET;
  }

  [inspect.custom](): string {
    return REDACTED_SECRET;
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
