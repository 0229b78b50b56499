import { encodeCbor, type Bytes } from '@causeway/message-model';
import { readDocument, type FieldReader, type KeyPair, type LegKey } from '@causeway/signal-protocol';
import { NUMBER_PURPOSES, type NumberPurpose } from './key-rules.js';

export interface StoredLegKey extends LegKey {
  readonly privateKey: Bytes;
}

/** AES-256 key under which numbers rest. Times are Unix seconds. */
export interface AddressKey {
  readonly keyId: string;
  readonly secret: Bytes;
  readonly madeAt: number;
}

/** HMAC key of one purpose. */
export interface NumberKey {
  readonly purpose: NumberPurpose;
  /** From 1; the highest is the one new digests are made with. All purposes have the same versions, save those destroyed. */
  readonly version: number;
  readonly secret: Bytes;
  /** Unix seconds. */
  readonly madeAt: number;
}

/** All secrets of an edge; what the key file holds. */
export interface KeyState {
  readonly region: string;
  readonly identity: KeyPair;
  readonly legKeys: readonly StoredLegKey[];
  readonly addressKeys: readonly AddressKey[];
  readonly numberKeys: readonly NumberKey[];
}

/** Unix seconds. */
export const secondsOf = (clock: { nowMs(): number }): number => Math.floor(clock.nowMs() / 1000);

/** The secrets that change, by the id of their key. */
export const secretsById = (state: KeyState): ReadonlyMap<string, Bytes> =>
  new Map([
    ...state.legKeys.map((key) => [key.keyId, key.privateKey] as const),
    ...state.addressKeys.map((key) => [key.keyId, key.secret] as const),
    ...state.numberKeys.map((key) => [`number-${key.purpose}-${key.version}`, key.secret] as const),
  ]);

/** Overwrites, in memory, the secrets of keys that the other state goes on without. Returns the ids of those keys. */
export function clearSecrets(state: KeyState, { keptIn }: { readonly keptIn: KeyState }): string[] {
  const kept = secretsById(keptIn);
  const gone = [...secretsById(state)].filter(([keyId]) => !kept.has(keyId));
  for (const [, bytes] of gone) bytes.fill(0);
  return gone.map(([keyId]) => keyId);
}

/** Overwrites every secret in memory, the identity too. */
export function clearAllSecrets(state: KeyState): void {
  for (const bytes of [...secretsById(state).values(), state.identity.privateKey]) bytes.fill(0);
}

/** The first form does not say when number keys were made; they count as old. */
const FIRST_LABEL = 'causeway-edge-keys-v1';
const LABEL = 'causeway-edge-keys-v2';
const MAX_KEYS = 256;

export function encodeKeyState(state: KeyState): Bytes {
  return encodeCbor([
    LABEL,
    state.region,
    state.identity.publicKey,
    state.identity.privateKey,
    state.legKeys.map((key) => [
      key.keyId,
      key.track,
      key.publicKey,
      key.privateKey,
      key.sealFrom,
      key.sealUntil,
      key.destroyAt,
    ]),
    state.addressKeys.map((key) => [key.keyId, key.secret, key.madeAt]),
    state.numberKeys.map((key) => [key.purpose, key.version, key.secret, key.madeAt]),
  ]);
}

export function decodeKeyState(bytes: Uint8Array): KeyState | undefined {
  return readDocument(bytes, (fields) => {
    const label = fields.oneOf([FIRST_LABEL, LABEL]);
    return {
      region: fields.text(),
      identity: { publicKey: fields.publicKey(), privateKey: fields.exactBytes(32) },
      legKeys: fields.rows(MAX_KEYS, readLegKey),
      addressKeys: fields.rows(MAX_KEYS, readAddressKey),
      numberKeys: fields.rows(MAX_KEYS, label === LABEL ? readNumberKey : readUndatedNumberKey),
    };
  });
}

const readLegKey = (fields: FieldReader): StoredLegKey => ({
  keyId: fields.text(),
  track: fields.oneOf(['short', 'day']),
  publicKey: fields.publicKey(),
  privateKey: fields.exactBytes(32),
  sealFrom: fields.time(),
  sealUntil: fields.time(),
  destroyAt: fields.time(),
});

const readAddressKey = (fields: FieldReader): AddressKey => ({
  keyId: fields.text(),
  secret: fields.exactBytes(32),
  madeAt: fields.time(),
});

const readUndatedNumberKey = (fields: FieldReader): NumberKey => ({
  purpose: fields.oneOf(NUMBER_PURPOSES),
  version: fields.integer({ min: 1, max: 0xffff }),
  secret: fields.exactBytes(32),
  madeAt: 0,
});

const readNumberKey = (fields: FieldReader): NumberKey => ({
  ...readUndatedNumberKey(fields),
  madeAt: fields.time(),
});
