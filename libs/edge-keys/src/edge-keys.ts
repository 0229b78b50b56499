import type { Bytes, TenantId } from '@causeway/message-model';
import { StartupProblem, type Clock } from '@causeway/platform';
import { sign, signEdgeBundle, type LegKey, type LegTrack, type SignedEdgeBundle } from '@causeway/signal-protocol';
import { openAtRest, sealAtRest } from './address-at-rest.js';
import type { NumberPurpose } from './key-rules.js';
import { decodeKeyState, encodeKeyState, type KeyState, type NumberKey, type StoredLegKey } from './key-state.js';
import { digestNumber, type NumberDigest } from './number-digest.js';
import { preparePrivateFolder } from './private-folder.js';
import { makeKeyState, newestAddressKey, rotateKeys, secret } from './rotate-keys.js';
import { openSealedFile, replaceSealedFile } from './sealed-file.js';
import { Serial } from './serial.js';

/** What a tick changed, by key id: safe to log. */
export interface KeyChanges {
  readonly made: readonly string[];
  readonly destroyed: readonly string[];
}

type EdgeClock = Pick<Clock, 'nowMs'>;

/**
 * All keys of one edge, in a folder of its own: identity, leg keys, address keys, number keys. PROTOCOL 6.
 *
 * On disk they are one file, encrypted under a wrapping key in a second one; every change writes both anew and destroys
 * the old wrapping key, so a destroyed key cannot be read back from the folder. A crash at any moment leaves the state
 * before or after the change. One process per folder: open `EdgeLedger` first, whose database lock keeps a second out.
 */
export class EdgeKeys {
  readonly #folder: string;
  readonly #clock: EdgeClock;
  readonly #serial = new Serial();
  #state: KeyState;

  private constructor(folder: string, clock: EdgeClock, state: KeyState) {
    this.#folder = folder;
    this.#clock = clock;
    this.#state = state;
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
      return new EdgeKeys(folder, clock, state);
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
    const keys = new EdgeKeys(folder, clock, state);
    await keys.tick();
    return keys;
  }

  get region(): string {
    return this.#state.region;
  }

  /** What SDKs pin when a device registers. Never changes. */
  get identityPublicKey(): Bytes {
    return this.#state.identity.publicKey;
  }

  /** Signs with the edge identity: deterministic CBOR that starts with a label of its own, nothing else. */
  sign(message: Uint8Array): Bytes {
    return sign(this.#state.identity.privateKey, message);
  }

  /** Current and next leg key of both tracks, signed, issued now. */
  bundle(): SignedEdgeBundle {
    const issuedAt = secondsOf(this.#clock);
    const keys = [...this.#currentAndNext('short', issuedAt), ...this.#currentAndNext('day', issuedAt)];
    return signEdgeBundle({ region: this.region, issuedAt, keys }, this.#state.identity.privateKey);
  }

  /** A copy of the private key; `undefined` from `destroyAt` on, whether or not `tick` has run, and for unknown ids. */
  legPrivateKey(keyId: string): Bytes | undefined {
    const key = this.#state.legKeys.find((each) => each.keyId === keyId);
    return key && secondsOf(this.#clock) < key.destroyAt ? key.privateKey.slice() : undefined;
  }

  /** The public facts of a leg key that has not been destroyed. */
  legKey(keyId: string): LegKey | undefined {
    const key = this.#state.legKeys.find((each) => each.keyId === keyId);
    return key && publicPart(key);
  }

  /** Every leg key that still opens, listed in the bundle or just replaced: what was sealed a moment ago is taken too. Unix seconds. */
  livingKeys(): readonly { readonly keyId: string; readonly destroyAt: number }[] {
    const now = secondsOf(this.#clock);
    return this.#state.legKeys
      .filter((key) => now < key.destroyAt)
      .map(({ keyId, destroyAt }) => ({ keyId, destroyAt }));
  }

  /**
   * Makes and destroys what is due. Call it at least once a minute: a destroyed key stays on disk until the tick after
   * its time, though nothing opens with it. New keys are on disk before a bundle names them.
   */
  tick(): Promise<KeyChanges> {
    return this.#change((state) => rotateKeys(state, secondsOf(this.#clock)));
  }

  /** Seals a number for the database under the newest address key. `aad` says where it rests, such as tenant and contact id. */
  sealAtRest(plaintext: Uint8Array, aad: Uint8Array): Bytes {
    return sealAtRest(newestAddressKey(this.#state), plaintext, aad);
  }

  /** What `sealAtRest` sealed; `undefined` under another AAD, or when its address key is gone. */
  openAtRest(sealed: Uint8Array, aad: Uint8Array): Bytes | undefined {
    return openAtRest(this.#state.addressKeys, sealed, aad);
  }

  /** Address keys that have a successor: re-seal what rests under them (`addressKeyIdOf`), then destroy them. */
  get replacedAddressKeyIds(): readonly string[] {
    const newest = newestAddressKey(this.#state);
    return this.#state.addressKeys.filter((key) => key !== newest).map((key) => key.keyId);
  }

  /** Destroys a replaced address key; what still rests under it is lost. Refuses the newest. */
  async destroyAddressKey(keyId: string): Promise<'destroyed' | 'unknown' | 'in-use'> {
    if (newestAddressKey(this.#state).keyId === keyId) return 'in-use';
    const { destroyed } = await this.#change((state) => {
      const addressKeys = state.addressKeys.filter((key) => key.keyId !== keyId);
      return addressKeys.length === state.addressKeys.length ? state : { ...state, addressKeys };
    });
    return destroyed.length > 0 ? 'destroyed' : 'unknown';
  }

  /** The digest under the purpose's newest key: what is stored. */
  numberDigest(purpose: NumberPurpose, tenant: TenantId, e164: string): NumberDigest {
    return digestNumber(this.#newestNumberKey(purpose), tenant, e164);
  }

  /** The digests under every version that is left, newest first: what is looked up while a re-key job runs. */
  numberDigests(purpose: NumberPurpose, tenant: TenantId, e164: string): readonly NumberDigest[] {
    return this.#numberKeys(purpose).map((key) => digestNumber(key, tenant, e164));
  }

  /** Makes the purpose's next version; older ones stay for look-ups. Yearly, and after a compromise. */
  async rotateNumberKey(purpose: NumberPurpose): Promise<number> {
    await this.#change((state) => {
      const version = this.#newestNumberKey(purpose).version + 1;
      return { ...state, numberKeys: [...state.numberKeys, { purpose, version, secret: secret() }] };
    });
    return this.#newestNumberKey(purpose).version;
  }

  /** Destroys the older versions of a purpose, once no row is under them. */
  async destroyOldNumberKeys(purpose: NumberPurpose): Promise<void> {
    await this.#change((state) => {
      const newest = this.#newestNumberKey(purpose);
      const numberKeys = state.numberKeys.filter((key) => key.purpose !== purpose || key === newest);
      return numberKeys.length === state.numberKeys.length ? state : { ...state, numberKeys };
    });
  }

  #currentAndNext(track: LegTrack, now: number): LegKey[] {
    const usable = this.#state.legKeys
      .filter((key) => key.track === track && now < key.sealUntil)
      .toSorted((a, b) => a.sealFrom - b.sealFrom);
    const current = usable.filter((key) => key.sealFrom <= now).slice(-1);
    const next = usable.filter((key) => key.sealFrom > now).slice(0, 1);
    return [...current, ...next].map(publicPart);
  }

  #numberKeys(purpose: NumberPurpose): NumberKey[] {
    return this.#state.numberKeys.filter((key) => key.purpose === purpose).toSorted((a, b) => b.version - a.version);
  }

  #newestNumberKey(purpose: NumberPurpose): NumberKey {
    const [newest] = this.#numberKeys(purpose);
    if (!newest) throw new Error(`no number key for ${purpose}`);
    return newest;
  }

  /** The new state is on disk before anyone can use it; what left it is cleared from memory afterwards. */
  #change(next: (state: KeyState) => KeyState): Promise<KeyChanges> {
    return this.#serial.run(async () => {
      const before = this.#state;
      const after = next(before);
      if (after === before) return { made: [], destroyed: [] };
      await save(this.#folder, after);
      this.#state = after;
      return { made: keyIdsMissingIn(before, after), destroyed: clearSecretsMissingIn(after, before) };
    });
  }
}

const secondsOf = (clock: EdgeClock): number => Math.floor(clock.nowMs() / 1000);

async function save(folder: string, state: KeyState): Promise<void> {
  const plaintext = encodeKeyState(state);
  for await (const _step of replaceSealedFile(folder, plaintext)) continue;
  plaintext.fill(0);
}

function publicPart({ privateKey: _privateKey, ...key }: StoredLegKey): LegKey {
  return key;
}

const secretsById = (state: KeyState): ReadonlyMap<string, Bytes> =>
  new Map([
    ...state.legKeys.map((key) => [key.keyId, key.privateKey] as const),
    ...state.addressKeys.map((key) => [key.keyId, key.secret] as const),
    ...state.numberKeys.map((key) => [`number-${key.purpose}-${key.version}`, key.secret] as const),
  ]);

function keyIdsMissingIn(before: KeyState, after: KeyState): string[] {
  const known = secretsById(before);
  return [...secretsById(after).keys()].filter((keyId) => !known.has(keyId));
}

function clearSecretsMissingIn(after: KeyState, before: KeyState): string[] {
  const kept = secretsById(after);
  const gone = [...secretsById(before)].filter(([keyId]) => !kept.has(keyId));
  for (const [, bytes] of gone) bytes.fill(0);
  return gone.map(([keyId]) => keyId);
}
