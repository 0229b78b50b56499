import { randomBytes, randomInt } from 'node:crypto';
import type { Marker } from '../support/marker.js';

/** What a canary is planted as. */
export type CanaryKind = 'body' | 'media name' | 'name' | 'error';

const NUMBERS = 100;
const FIRST_LINE = 100;
/** Whoever writes to numbers in a row is stopped. */
const APART = 37;

/**
 * Makes markers, no two alike. Words of one run begin with the same letters and numbers with the same digits, so that they can be looked for
 * together.
 */
export class Canaries {
  private readonly tag = `mk${randomBytes(4).toString('hex')}`;
  private readonly area = randomInt(201, 990);
  private readonly made = new Map<string, Marker>();
  private numbers = 0;

  words(kind: CanaryKind, state: string): string {
    const name = `${kind}: ${state}`;
    const known = this.made.get(name)?.text;
    if (known !== undefined) return known;
    const text = `${this.tag}${randomBytes(6).toString('hex')}`;
    this.made.set(name, { name, text });
    return text;
  }

  /** A number of an exchange that films use, E.164. Looked for without its country. */
  number(state: string): string {
    const name = `number: ${state}`;
    const known = this.made.get(name);
    if (known) return `+1${known.text}`;
    if (this.numbers === NUMBERS) throw new Error('the fictitious numbers of one area are used up');
    const text = `${this.area}555${String(FIRST_LINE + APART * this.numbers++).padStart(4, '0')}`;
    this.made.set(name, { name, text });
    return `+1${text}`;
  }

  get all(): readonly Marker[] {
    return [...this.made.values()];
  }
}
