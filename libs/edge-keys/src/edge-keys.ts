import { randomBytes } from 'node:crypto';
import { toBase64Url, type Bytes } from '@causeway/message-model';
import { StartupProblem, type Clock } from '@causeway/platform';
import { sealKeyLoan } from '@causeway/signal-protocol';
import { CONFIRM_SECONDS, LOAN_SECONDS, NUMBER_PURPOSES, type NumberPurpose } from './key-rules.js';
import { clearSecrets, decodeKeyState, encodeKeyState, secondsOf, secretsById, type KeyState } from './key-state.js';
import { KeyUse } from './key-use.js';
import { preparePrivateFolder } from './private-folder.js';
import {
  makeKeyState,
  newestAddressKey,
  numberKeysMadeAt,
  numberVersion,
  renewNumberKeys,
  rotateKeys,
} from './rotate-keys.js';
import { HeldKeys } from './held-keys.js';
import { FileKeyProvider } from './provider/file-key-provider.js';
import type { KeyProvider } from './provider/key-provider.js';
import { SealedFile } from './sealed-file.js';
import { Serial } from './serial.js';

/** What a tick changed, by key id: safe to log. */
export interface KeyChanges {
  readonly made: readonly string[];
  readonly destroyed: readonly string[];
}

/** Keys on their way to another edge, or word that it has them already. */
export type KeyLoan =
  | { readonly kind: 'unchanged'; readonly ageSeconds: number }
  | { readonly kind: 'keys'; readonly ageSeconds: number; readonly revision: string; readonly sealed: Bytes };

type EdgeClock = Pick<Clock, 'nowMs'>;

/** Of the file in the folder, and of the wrapping keys. */
const KEY_FILE = 'keys';

export interface EdgeKeysInput {
  readonly folder: string;
  readonly region: string;
  readonly clock: EdgeClock;
  /** Whose keys these are; the keys of another tenant do not open. */
  readonly tenant?: string;
  /** What wraps them; without one, files of the folder itself. Whoever opened it closes it. */
  readonly provider?: KeyProvider;
  /** Time that passes whatever clocks say, milliseconds. */
  readonly monotonicMs?: () => number;
}

/**
 * All keys of an edge, kept in a folder: identity, leg keys, address keys, number keys. PROTOCOL 6.
 *
 * On disk they are one file under a wrapping key of a key provider; every change writes the file anew under another
 * wrapping key and destroys the one before, so a destroyed key cannot be read back. A crash at any moment leaves the state
 * before or after the change. One process per folder: open `EdgeLedger` first, whose database lock keeps a second out.
 */
export class EdgeKeys extends KeyUse {
  readonly #file: SealedFile;
  readonly #clock: EdgeClock;
  readonly #serial = new Serial();
  readonly #held: HeldKeys;
  /** What is on disk may be other than what is held: a write failed midway. */
  #isDiskUnknown = false;
  /** Counting starts anew with every opening. */
  readonly #opening = toBase64Url(randomBytes(6));

  private constructor(file: SealedFile, clock: EdgeClock, held: HeldKeys) {
    super({ current: () => held.state, refresh: async () => undefined }, clock);
    this.#file = file;
    this.#clock = clock;
    this.#held = held;
  }

  /**
   * Opens the folder, or makes it and an edge identity with it, and does what is due. Throws `StartupProblem` on a
   * folder or key file that others may read, a file that does not open, and keys made for another region, where trying again does not help,
   * and `KeyProviderAway`, where it does.
   */
  static async open(input: EdgeKeysInput): Promise<EdgeKeys> {
    const { folder, region, clock } = input;
    const provider = input.provider ?? new FileKeyProvider(folder);
    const owner = { tenant: input.tenant ?? 'default', region };
    await preparePrivateFolder(folder);
    const file = new SealedFile({ folder, name: KEY_FILE, provider, owner });
    const keys = new EdgeKeys(file, clock, new HeldKeys(input.monotonicMs ?? (() => performance.now())));
    const isThere = await keys.#unwrap();
    if (isThere) await keys.tick();
    else await keys.#save(makeKeyState(region, secondsOf(clock)));
    return keys;
  }

  /**
   * Makes and destroys what is due. Call it at least once a minute: a destroyed key stays on disk until the tick after
   * its time, though nothing opens with it. New keys are on disk before a bundle names them. Has the provider unwrap the keys again, once a
   * minute: throws `KeyProviderAway` when it does not, and goes on by itself with the call after it came back.
   */
  async tick(): Promise<KeyChanges> {
    await this.#serial.run(async () => {
      if (this.#isDiskUnknown || this.#held.ageSeconds >= CONFIRM_SECONDS) await this.#unwrap();
    });
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

  /** When the newest number keys were made, Unix seconds. */
  get numberKeysMadeAt(): number {
    return numberKeysMadeAt(this.#held.state);
  }

  /** The version that digests are made with. */
  get numberVersion(): number {
    return numberVersion(this.#held.state);
  }

  /** Makes the next version of every purpose's key; older ones stay for look-ups. After a compromise; yearly, `tick` does. */
  async renewNumberKeys(): Promise<void> {
    await this.#change((state) => renewNumberKeys(state, secondsOf(this.#clock)));
  }

  /**
   * Purposes with older keys, of which every edge has the newest by now: bring the rows under it, then destroy the older ones. None while an
   * edge may still write digests under an older key that it was lent.
   */
  get replacedNumberPurposes(): readonly NumberPurpose[] {
    const { state } = this.#held;
    if (secondsOf(this.#clock) < numberKeysMadeAt(state) + 2 * LOAN_SECONDS) return [];
    const newest = numberVersion(state);
    return NUMBER_PURPOSES.filter((purpose) =>
      state.numberKeys.some((key) => key.purpose === purpose && key.version < newest),
    );
  }

  /** Destroys the older keys of a purpose; no digest under them is found afterwards. The ids of those destroyed. */
  async destroyOldNumberKeys(purpose: NumberPurpose): Promise<readonly string[]> {
    const { destroyed } = await this.#change((state) => {
      const newest = numberVersion(state);
      const numberKeys = state.numberKeys.filter((key) => key.purpose !== purpose || key.version === newest);
      return numberKeys.length === state.numberKeys.length ? state : { ...state, numberKeys };
    });
    return destroyed;
  }

  /** All keys, for an edge that asks; sealed, so that they are in the clear nowhere on their way. Unless it has this revision of them. */
  lend(asker: { readonly publicKey: Uint8Array; readonly revision: string | undefined }): KeyLoan {
    const { state, ageSeconds, version } = this.#held;
    const revision = `${this.#opening}-${version}`;
    if (asker.revision === revision) return { kind: 'unchanged', ageSeconds };
    const keys = encodeKeyState(state);
    const context = { region: this.region, revision };
    const sealed = sealKeyLoan({ context, askerPublicKey: asker.publicKey, keys });
    keys.fill(0);
    return { kind: 'keys', ageSeconds, revision, sealed };
  }

  /** The new state is on disk before anyone can use it; what left it is cleared from memory afterwards. */
  #change(next: (state: KeyState) => KeyState): Promise<KeyChanges> {
    return this.#serial.run(async () => {
      const before = this.#held.state;
      const after = next(before);
      if (after === before) return { made: [], destroyed: [] };
      await this.#write(after);
      this.#held.replace(after);
      return { made: keyIdsMissingIn(before, after), destroyed: clearSecrets(before, { keptIn: after }) };
    });
  }

  /** Whether there were any. */
  async #unwrap(): Promise<boolean> {
    const stored = await this.#file.open();
    if (!stored) return false;
    const state = decodeKeyState(stored);
    stored.fill(0);
    if (!state) throw new StartupProblem('The edge keys are of another version.', 'Use the release that made them.');
    this.#held.renew(state);
    this.#isDiskUnknown = false;
    return true;
  }

  async #save(state: KeyState): Promise<void> {
    await this.#write(state);
    this.#held.renew(state);
  }

  async #write(state: KeyState): Promise<void> {
    const plaintext = encodeKeyState(state);
    this.#isDiskUnknown = true;
    try {
      await this.#file.replace(plaintext);
      this.#isDiskUnknown = false;
    } finally {
      plaintext.fill(0);
    }
  }
}

function keyIdsMissingIn(before: KeyState, after: KeyState): string[] {
  const known = secretsById(before);
  return [...secretsById(after).keys()].filter((keyId) => !known.has(keyId));
}
