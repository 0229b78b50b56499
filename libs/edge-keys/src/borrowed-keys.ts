import { CausewayError } from '@causeway/message-model';
import { StartupProblem, type Clock } from '@causeway/platform';
import { generateKeyPair, openKeyLoan } from '@causeway/signal-protocol';
import { borrowAnswer, KEEPER_QUESTIONS, text, type KeeperLine } from './keeper-questions.js';
import { LOAN_SECONDS } from './key-rules.js';
import { clearAllSecrets, clearSecrets, decodeKeyState, secondsOf, type KeyState } from './key-state.js';
import type { KeySource } from './key-use.js';

interface Loan {
  readonly state: KeyState;
  readonly revision: string;
  /** When the keys were last unwrapped, as the keeper said when it was last asked with success. Unix seconds. */
  readonly since: number;
}

/**
 * Keys that another process keeps and lent to this one, in memory only. A leg key is cleared at its `destroyAt`, everything when the keeper
 * has not answered for `LOAN_SECONDS`, and each key that the keeper no longer has at the next answer.
 */
export class BorrowedKeys implements KeySource {
  #loan: Loan | undefined;
  #asking: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    private readonly line: KeeperLine,
    private readonly region: string,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  current(): KeyState {
    this.drop();
    if (this.#loan) return this.#loan.state;
    throw new CausewayError('unavailable', { detail: 'No process keeps the keys of the edges' });
  }

  async refresh(): Promise<void> {
    await this.borrow().catch(() => undefined);
  }

  /**
   * Asks for the keys, or whether they are still the ones. Throws `CausewayError('unavailable')` when nobody answers, and `StartupProblem`
   * when who answers keeps those of another region.
   */
  borrow(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** Clears what is past its time. Call it every second: without it a key nobody asks for stays in memory. */
  drop(): void {
    if (!this.#loan) return;
    const { state, since } = this.#loan;
    const now = secondsOf(this.clock);
    // a clock that was set back says nothing about how long ago it was
    if (now < since || now >= since + LOAN_SECONDS) return this.#clear();
    const legKeys = state.legKeys.filter((key) => now < key.destroyAt);
    if (legKeys.length < state.legKeys.length) this.#replace({ ...this.#loan, state: { ...state, legKeys } });
  }

  close(): void {
    this.#isClosed = true;
    this.#clear();
  }

  async #ask(): Promise<void> {
    const since = secondsOf(this.clock);
    const { publicKey, privateKey } = generateKeyPair();
    const known = this.#loan?.revision;
    const answer = borrowAnswer.parse(
      await this.line.ask(KEEPER_QUESTIONS.borrow, {
        region: this.region,
        publicKey: text(publicKey),
        ...(known === undefined ? {} : { revision: known }),
      }),
    );
    switch (answer.kind) {
      case 'unchanged':
        // dropped while the question was under way: the next one gets everything
        if (this.#loan?.revision === known && this.#loan)
          this.#loan = { ...this.#loan, since: since - answer.ageSeconds };
        return;
      case 'other-region':
        throw new StartupProblem(
          `The keeper has the keys of region ${answer.region}, and this edge is of region ${this.region}.`,
          'Give the edges of each region a key folder of their own.',
        );
      case 'keys':
        return this.#take(answer, privateKey, since - answer.ageSeconds);
    }
  }

  #take(lent: { revision: string; sealed: Uint8Array }, askerPrivateKey: Uint8Array, since: number): void {
    const { revision, sealed } = lent;
    const keys = openKeyLoan({ context: { region: this.region, revision }, askerPrivateKey, sealed });
    askerPrivateKey.fill(0);
    const state = keys && decodeKeyState(keys);
    keys?.fill(0);
    if (!state) throw new CausewayError('unavailable', { detail: 'What the keeper lent does not open' });
    if (this.#isClosed) return clearAllSecrets(state);
    this.#replace({ state, revision, since });
  }

  #replace(next: Loan): void {
    const before = this.#loan?.state;
    this.#loan = next;
    if (!before) return;
    // a new loan holds copies of its own, the same loan without a dead key the same bytes
    if (before.identity === next.state.identity) clearSecrets(before, { keptIn: next.state });
    else clearAllSecrets(before);
  }

  #clear(): void {
    if (this.#loan) clearAllSecrets(this.#loan.state);
    this.#loan = undefined;
  }
}
