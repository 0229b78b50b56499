import type { Bytes, TenantId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { sign, signEdgeBundle, type LegKey, type LegTrack, type SignedEdgeBundle } from '@causeway/signal-protocol';
import { openAtRest, sealAtRest } from './address-at-rest.js';
import type { NumberPurpose } from './key-rules.js';
import { secondsOf, type KeyState, type NumberKey, type StoredLegKey } from './key-state.js';
import { digestNumber, type NumberDigest } from './number-digest.js';
import { keyChecksOf, type KeyCheck } from './key-check.js';
import { newestAddressKey } from './rotate-keys.js';

/** Where the keys in use are: in a folder of this process's own, or lent to it by the process that has the folder. */
export interface KeySource {
  /** The keys as they are now. Throws `CausewayError('unavailable')` when there are none to be had. */
  current(): KeyState;
  /** Brings newer keys here, when there may be any that are not. Does not throw: what there was is used on. */
  refresh(): Promise<void>;
}

/**
 * What an edge does with its keys, wherever they are (PROTOCOL 6). Every call reads the keys anew, so that one that was destroyed is not used
 * by anybody who asked earlier. Throws `CausewayError('unavailable')` while there are no keys: asking again later helps.
 */
export class KeyUse {
  readonly #source: KeySource;
  readonly #clock: Pick<Clock, 'nowMs'>;

  constructor(source: KeySource, clock: Pick<Clock, 'nowMs'>) {
    this.#source = source;
    this.#clock = clock;
  }

  get region(): string {
    return this.#source.current().region;
  }

  /** What SDKs pin when a device registers. Never changes. */
  get identityPublicKey(): Bytes {
    return this.#source.current().identity.publicKey;
  }

  /** Signs with the edge identity: deterministic CBOR that starts with a label of its own, nothing else. */
  sign(message: Uint8Array): Bytes {
    return sign(this.#source.current().identity.privateKey, message);
  }

  /** Current and next leg key of both tracks, signed, issued now. */
  bundle(): SignedEdgeBundle {
    const { region, identity, legKeys } = this.#source.current();
    const issuedAt = secondsOf(this.#clock);
    const keys = [...currentAndNext(legKeys, 'short', issuedAt), ...currentAndNext(legKeys, 'day', issuedAt)];
    return signEdgeBundle({ region, issuedAt, keys }, identity.privateKey);
  }

  /** A copy of the private key; `undefined` from `destroyAt` on, whether or not `tick` has run, and for unknown ids. */
  legPrivateKey(keyId: string): Bytes | undefined {
    const key = this.#source.current().legKeys.find((each) => each.keyId === keyId);
    return key && secondsOf(this.#clock) < key.destroyAt ? key.privateKey.slice() : undefined;
  }

  /** The same, after a look for keys that were made a moment ago elsewhere: any edge opens. Clear the copy when you are done with it. */
  async findLegPrivateKey(keyId: string): Promise<Bytes | undefined> {
    const known = this.legPrivateKey(keyId);
    if (known) return known;
    await this.#source.refresh();
    return this.legPrivateKey(keyId);
  }

  /** The public facts of a leg key that has not been destroyed. */
  legKey(keyId: string): LegKey | undefined {
    const key = this.#source.current().legKeys.find((each) => each.keyId === keyId);
    return key && publicPart(key);
  }

  /** What the purge ledger will say of each key once it is destroyed. */
  keyChecks(): readonly KeyCheck[] {
    return keyChecksOf(this.#source.current());
  }

  /** Every leg key that still opens, listed in the bundle or just replaced: what was sealed a moment ago is taken too. Unix seconds. */
  livingKeys(): readonly { readonly keyId: string; readonly destroyAt: number }[] {
    const now = secondsOf(this.#clock);
    return this.#source
      .current()
      .legKeys.filter((key) => now < key.destroyAt)
      .map(({ keyId, destroyAt }) => ({ keyId, destroyAt }));
  }

  /** Seals a number for the database under the newest address key. `aad` says where it rests, such as tenant and contact id. */
  sealAtRest(plaintext: Uint8Array, aad: Uint8Array): Bytes {
    return sealAtRest(newestAddressKey(this.#source.current()), plaintext, aad);
  }

  /** What `sealAtRest` sealed; `undefined` under another AAD, or when its address key is gone. */
  openAtRest(sealed: Uint8Array, aad: Uint8Array): Bytes | undefined {
    return openAtRest(this.#source.current().addressKeys, sealed, aad);
  }

  /** The digest under the purpose's newest key: what is stored. */
  numberDigest(purpose: NumberPurpose, tenant: TenantId, e164: string): NumberDigest {
    return digestNumber(newestNumberKey(this.#source.current(), purpose), tenant, e164);
  }

  /** The digests under every version that is left, newest first: what is looked up while a re-key job runs. */
  numberDigests(purpose: NumberPurpose, tenant: TenantId, e164: string): readonly NumberDigest[] {
    return numberKeys(this.#source.current(), purpose).map((key) => digestNumber(key, tenant, e164));
  }
}

function currentAndNext(legKeys: readonly StoredLegKey[], track: LegTrack, now: number): LegKey[] {
  const usable = legKeys
    .filter((key) => key.track === track && now < key.sealUntil)
    .toSorted((a, b) => a.sealFrom - b.sealFrom);
  const current = usable.filter((key) => key.sealFrom <= now).slice(-1);
  const next = usable.filter((key) => key.sealFrom > now).slice(0, 1);
  return [...current, ...next].map(publicPart);
}

function publicPart({ privateKey: _privateKey, ...key }: StoredLegKey): LegKey {
  return key;
}

const numberKeys = (state: KeyState, purpose: NumberPurpose): NumberKey[] =>
  state.numberKeys.filter((key) => key.purpose === purpose).toSorted((a, b) => b.version - a.version);

export function newestNumberKey(state: KeyState, purpose: NumberPurpose): NumberKey {
  const [newest] = numberKeys(state, purpose);
  if (!newest) throw new Error(`no number key for ${purpose}`);
  return newest;
}
