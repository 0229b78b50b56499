import { ErrorCode } from '@signalapp/libsignal-client';
import { StagedKyberPreKeys, StagedPreKeys, StagedSignedPreKeys } from './pre-key-stores.js';
import type { DeviceTrust, LocalDevice, ProtocolStore } from './protocol-store.js';
import { StagedIdentities, StagedSessions } from './session-stores.js';
import { StagedStore } from './staged-store.js';

/** Why libsignal refused; it says little itself, and nothing it says is shown: its messages quote addresses. */
export type Refusal = 'duplicate' | 'untrusted' | 'no-key' | 'invalid';

export type Attempted<Result> =
  { readonly kind: 'done'; readonly result: Result } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The five stores libsignal asks for, all over one staged view. */
export class SignalOperation {
  readonly staged: StagedStore;
  readonly sessions: StagedSessions;
  readonly identities: StagedIdentities;
  readonly preKeys: StagedPreKeys;
  readonly signedPreKeys: StagedSignedPreKeys;
  readonly kyberPreKeys: StagedKyberPreKeys;

  constructor(store: ProtocolStore, local: LocalDevice, trust: DeviceTrust) {
    this.staged = new StagedStore(store);
    this.sessions = new StagedSessions(this.staged);
    this.identities = new StagedIdentities(this.staged, local, trust);
    this.preKeys = new StagedPreKeys(this.staged);
    this.signedPreKeys = new StagedSignedPreKeys(this.staged);
    this.kyberPreKeys = new StagedKyberPreKeys(this.staged);
  }

  /** Runs libsignal and writes what it changed, or nothing at all when it refuses. Rethrows what is no refusal. */
  async attempt<Result>(work: () => Promise<Result>): Promise<Attempted<Result>> {
    try {
      const result = await work();
      await this.staged.commit();
      return { kind: 'done', result };
    } catch (error) {
      this.staged.rethrowFailure();
      const code = codeOf(error);
      if (code === undefined) throw error;
      return { kind: 'refused', refusal: this.#refusalOf(code) };
    }
  }

  #refusalOf(code: number): Refusal {
    switch (code) {
      case ErrorCode.DuplicatedMessage:
        return 'duplicate';
      case ErrorCode.UntrustedIdentity:
        return 'untrusted';
      default:
        return this.staged.missedKey ? 'no-key' : 'invalid';
    }
  }
}

/**
 * libsignal's errors by their numeric code. Not by `instanceof`: the native module makes them of the class it was first
 * given, which is another one when the JavaScript part is loaded twice in a process.
 */
function codeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
