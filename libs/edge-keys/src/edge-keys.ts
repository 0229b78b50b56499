import { randomBytes } from 'node:crypto';
import { CausewayError, toBase64Url, type Bytes } from '@causeway/message-model';
import { StartupProblem, type Clock } from '@causeway/platform';
import { sealKeyLoan } from '@causeway/signal-protocol';
import { LOAN_SECONDS, type NumberPurpose } from './key-rules.js';
import {
  clearAllSecrets,
  clearSecrets,
  decodeKeyState,
  encodeKeyState,
  secondsOf,
  secretsById,
  type KeyState,
} from './key-state.js';
import { KeyUse, newestNumberKey } from './key-use.js';
import { preparePrivateFolder } from './private-folder.js';
import { makeKeyState, newestAddressKey, rotateKeys, secret } from './rotate-keys.js';
import { openSealedFile, replaceSealedFile } from './sealed-file.js';
import { Serial } from './serial.js';

/** What a tick changed, by key id: safe to log. */
export interface KeyChanges {
  readonly made: readonly string[];
  readonly destroyed: readonly string[];
}

/** Keys on their way to another edge, or word that it has them already. */
export type KeyLoan =
  { readonly kind: 'unchanged' } | { readonly kind: 'keys'; readonly revision: string; readonly sealed: Bytes };

type EdgeClock = Pick<Clock, 'nowMs'>;

class Held {
  /** Grows with every change. */
  version = 0;
  #state: KeyState | undefined;

  constructor(state: KeyState) {
    this.#state = state;
  }

  get state(): KeyState {
    if (this.#state) return this.#state;
    throw new CausewayError('unavailable');
  }

  replace(state: KeyState): void {
    this.#state = state;
    this.version += 1;
  }

  clear(): void {
    if (this.#state) clearAllSecrets(this.#state);
    this.#state = undefined;
  }
}

/**
 * All keys of an edge, kept in a folder: identity, leg keys, address keys, number keys. PROTOCOL 6.
 *
 * On disk they are one file, encrypted under a wrapping key in a second one; every change writes both anew and destroys
 * the old wrapping key, so a destroyed key cannot be read back from the folder. A crash at any moment leaves the state
 * before or after the change. One process per folder: open `EdgeLedger` first, whose database lock keeps a second out.
 */
export class EdgeKeys extends KeyUse {
  readonly #folder: string;
  readonly #clock: EdgeClock;
  readonly #serial = new Serial();
  readonly #held: Held;
  /** Counting starts anew with every opening. */
  readonly #opening = toBase64Url(randomBytes(6));

  private constructor(folder: string, clock: EdgeClock, held: Held) {
    super({ current: () => held.state, refresh: async () => undefined }, clock);
    this.#folder = folder;
    this.#clock = clock;
    this.#held = held;
  }

  /**
   * Opens the folder, or makes it and an edge identity with it, and does what is due. Throws `StartupProblem` on a
   * folder or key file that others may read, a file that does not open, and keys made for another region; trying again helps with none.
   */
  static async open(input: {
    readonly folder: string;
    readonly region: string;
    readonly clock: EdgeClock;
  }): Promise<EdgeKeys> {
    const { folder, region, clock } = input;
    await preparePrivateFolder(folder);
    const stored = await openSealedFile(folder);
    if (!stored) {
      const state = makeKeyState(region, secondsOf(clock));
      await save(folder, state);
      return new EdgeKeys(folder, clock, new Held(state));
    }
    const state = decodeKeyState(stored);
    stored.fill(0);
    if (!state)
      throw new StartupProblem(`The keys in ${folder} are of another version.`, 'Use the release that made them.');
    if (state.region !== region) {
      throw new StartupProblem(
        `The keys in ${folder} belong to region ${state.region}, and this edge is of region ${region}.`,
        'Give each edge a folder of its own.',
      );
    }
    const keys = new EdgeKeys(folder, clock, new Held(state));
    await keys.tick();
    return keys;
  }

  /**
   * Makes and destroys what is due. Call it at least once a minute: a destroyed key stays on disk until the tick after
   * its time, though nothing opens with it. New keys are on disk before a bundle names them.
   */
  tick(): Promise<KeyChanges> {
    return this.#change((state) => rotateKeys(state, secondsOf(this.#clock)));
  }

  /**
   * Address keys that have a successor everywhere: re-seal what rests under them (`addressKeyIdOf`), then destroy them. Not before every
   * edge that was lent the old one has the new one, and what it sealed meanwhile is written.
   */
  get replacedAddressKeyIds(): readonly string[] {
    const { addressKeys } = this.#held.state;
    const newest = newestAddressKey(this.#held.state);
    if (secondsOf(this.#clock) < newest.madeAt + 2 * LOAN_SECONDS) return [];
    return addressKeys.filter((key) => key !== newest).map((key) => key.keyId);
  }

  /** Destroys a replaced address key; what still rests under it is lost. Refuses the newest. */
  async destroyAddressKey(keyId: string): Promise<'destroyed' | 'unknown' | 'in-use'> {
    if (newestAddressKey(this.#held.state).keyId === keyId) return 'in-use';
    const { destroyed } = await this.#change((state) => {
      const addressKeys = state.addressKeys.filter((key) => key.keyId !== keyId);
      return addressKeys.length === state.addressKeys.length ? state : { ...state, addressKeys };
    });
    return destroyed.length > 0 ? 'destroyed' : 'unknown';
  }

  /** Clears every key from memory; the folder keeps them. Nothing works afterwards. */
  close(): Promise<void> {
    return this.#serial.run(async () => this.#held.clear());
  }

  /** Makes the purpose's next version; older ones stay for look-ups. Yearly, and after a compromise. */
  async rotateNumberKey(purpose: NumberPurpose): Promise<number> {
    await this.#change((state) => {
      const version = newestNumberKey(this.#held.state, purpose).version + 1;
      return { ...state, numberKeys: [...state.numberKeys, { purpose, version, secret: secret() }] };
    });
    return newestNumberKey(this.#held.state, purpose).version;
  }

  /** Destroys the older versions of a purpose, once no row is under them. */
  async destroyOldNumberKeys(purpose: NumberPurpose): Promise<void> {
    await this.#change((state) => {
      const newest = newestNumberKey(this.#held.state, purpose);
      const numberKeys = state.numberKeys.filter((key) => key.purpose !== purpose || key === newest);
      return numberKeys.length === state.numberKeys.length ? state : { ...state, numberKeys };
    });
  }

  /** All keys, for an edge that asks; sealed, so that they are in the clear nowhere on their way. Unless it has this revision of them. */
  lend(asker: { readonly publicKey: Uint8Array; readonly revision: string | undefined }): KeyLoan {
    const revision = `${this.#opening}-${this.#held.version}`;
    if (asker.revision === revision) return { kind: 'unchanged' };
    const keys = encodeKeyState(this.#held.state);
    const context = { region: this.region, revision };
    const sealed = sealKeyLoan({ context, askerPublicKey: asker.publicKey, keys });
    keys.fill(0);
    return { kind: 'keys', revision, sealed };
  }

  /** The new state is on disk before anyone can use it; what left it is cleared from memory afterwards. */
  #change(next: (state: KeyState) => KeyState): Promise<KeyChanges> {
    return this.#serial.run(async () => {
      const before = this.#held.state;
      const after = next(before);
      if (after === before) return { made: [], destroyed: [] };
      await save(this.#folder, after);
      this.#held.replace(after);
      return { made: keyIdsMissingIn(before, after), destroyed: clearSecrets(before, { keptIn: after }) };
    });
  }
}

async function save(folder: string, state: KeyState): Promise<void> {
  const plaintext = encodeKeyState(state);
  for await (const _step of replaceSealedFile(folder, plaintext)) continue;
  plaintext.fill(0);
}

function keyIdsMissingIn(before: KeyState, after: KeyState): string[] {
  const known = secretsById(before);
  return [...secretsById(after).keys()].filter((keyId) => !known.has(keyId));
}
