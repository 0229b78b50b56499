import { CausewayError } from '@causeway/message-model';
import { CACHE_SECONDS } from './key-rules.js';
import { clearAllSecrets, encodeKeyState, type KeyState } from './key-state.js';

/**
 * Keys in memory, unwrapped: `CACHE_SECONDS` after they were last unwrapped they are cleared, whether or not anything else happens, and
 * asking for them throws `CausewayError('unavailable')` until they are put here anew.
 */
export class HeldKeys {
  /** Grows with every change. */
  version = 0;
  #state: KeyState | undefined;
  #unwrappedAtMs = 0;

  /** `monotonicMs` counts what really passed: how long a secret lies in memory is not up to a clock that somebody sets. */
  constructor(private readonly monotonicMs: () => number) {}

  get state(): KeyState {
    if (this.#state && this.ageSeconds >= CACHE_SECONDS) this.clear();
    if (this.#state) return this.#state;
    throw new CausewayError('unavailable', { detail: 'The key provider does not answer, so no key is at hand' });
  }

  /** Since they were last unwrapped. */
  get ageSeconds(): number {
    return Math.floor((this.monotonicMs() - this.#unwrappedAtMs) / 1000);
  }

  /** What was just unwrapped; the copies before it are cleared. */
  renew(state: KeyState): void {
    const before = this.#state;
    if (!before || !isSame(before, state)) this.version += 1;
    this.#state = state;
    this.#unwrappedAtMs = this.monotonicMs();
    if (before) clearAllSecrets(before);
  }

  /** A change of what is here, which shares the secrets that stay. */
  replace(state: KeyState): void {
    this.#state = state;
    this.version += 1;
  }

  clear(): void {
    if (this.#state) clearAllSecrets(this.#state);
    this.#state = undefined;
  }
}

function isSame(one: KeyState, other: KeyState): boolean {
  const [first, second] = [encodeKeyState(one), encodeKeyState(other)];
  const isEqual = Buffer.compare(first, second) === 0;
  first.fill(0);
  second.fill(0);
  return isEqual;
}
