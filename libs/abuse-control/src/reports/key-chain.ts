import { createHmac, timingSafeEqual } from 'node:crypto';
import { toBytes, type Bytes } from './bytes.js';

const DAY_MS = 86_400_000;
const STEP = 'causeway-key-chain-v1';

/** Where a chain stands: the oldest key that is still there, and its period (number of periods since 1970, UTC). */
export interface ChainState {
  readonly period: number;
  readonly key: Bytes;
}

/** How long a key is used, and for how many periods after its own it stays. */
export interface ChainRule {
  readonly daysPerPeriod: number;
  readonly keptPeriods: number;
}

/** A report token is minted under the key of its day, which stays for the seven days after it (PROTOCOL 11). */
export const REPORT_DAYS: ChainRule = { daysPerPeriod: 1, keptPeriods: 7 };

/** Pseudonyms of reporter and reported last a week; last week's are still looked up. */
export const PSEUDONYM_WEEKS: ChainRule = { daysPerPeriod: 7, keptPeriods: 1 };

/**
 * Keys that follow from each other in one direction: `key(n + 1) = HMAC(key(n), n + 1)`. Who holds the key of today makes tomorrow's, so that
 * processes on several machines that began with one file agree for good without talking; nobody makes yesterday's from today's, so that moving
 * on destroys. What was used lately is held ready: a look-up costs a map.
 */
export class KeyChain {
  private ready = new Map<number, Bytes>();

  constructor(
    private state: ChainState,
    private readonly rule: ChainRule,
  ) {}

  periodOf(nowMs: number): number {
    return Math.floor(nowMs / (DAY_MS * this.rule.daysPerPeriod));
  }

  /** What has to be kept to go on from here: nothing in it opens what is past its time. */
  at(nowMs: number): ChainState {
    this.forget(nowMs);
    return this.state;
  }

  /** `undefined`: destroyed, or later than the period after `nowMs`, which no clock of ours can be at. */
  keyOf(period: number, nowMs: number): Bytes | undefined {
    this.forget(nowMs);
    if (period < this.state.period || period > this.periodOf(nowMs) + 1) return undefined;
    const known = this.ready.get(period);
    if (known) return known;
    let { period: at, key } = this.state;
    for (; at < period; at += 1) key = follower(key, at + 1);
    this.ready.set(period, key);
    return key;
  }

  private forget(nowMs: number): void {
    const oldest = this.periodOf(nowMs) - this.rule.keptPeriods;
    if (this.state.period >= oldest) return;
    let { period, key } = this.state;
    for (; period < oldest; period += 1) key = follower(key, period + 1);
    this.state.key.fill(0);
    for (const [past, one] of this.ready) if (past < oldest) one.fill(0);
    this.ready = new Map([...this.ready].filter(([past]) => past >= oldest));
    this.state = { period, key: toBytes(Uint8Array.from(key)) };
  }
}

/** A chain that begins now: its first key is given, random. */
export const newChain = (key: Bytes, rule: ChainRule, nowMs: number): ChainState => ({
  period: Math.floor(nowMs / (DAY_MS * rule.daysPerPeriod)) - rule.keptPeriods,
  key,
});

const follower = (key: Bytes, period: number): Bytes =>
  toBytes(createHmac('sha256', key).update(`${STEP}:${period}`).digest());

/** In a time that does not tell how much of it is right. */
export const isSameMac = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
