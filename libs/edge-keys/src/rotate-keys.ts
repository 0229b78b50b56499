import { randomBytes } from 'node:crypto';
import { toBase64Url, toBytes, type Bytes } from '@causeway/message-model';
import { generateKeyPair, type LegTrack } from '@causeway/signal-protocol';
import { ADDRESS_KEY_RULE, NUMBER_KEY_RULE, NUMBER_PURPOSES, TRACK_RULES } from './key-rules.js';
import type { AddressKey, KeyState, NumberKey, StoredLegKey } from './key-state.js';

const TRACKS: readonly LegTrack[] = ['short', 'day'];

/** The state that is due at `now` (Unix seconds): leg keys past their time left out, missing ones made. The same object when nothing is due. */
export function rotateKeys(state: KeyState, now: number): KeyState {
  const alive = state.legKeys.filter((key) => now < key.destroyAt);
  const made = TRACKS.flatMap((track) => missingLegKeys(alive, track, now));
  const isAddressKeyDue = now >= newestAddressKey(state).madeAt + ADDRESS_KEY_RULE.periodSeconds;
  const isNumberKeyDue = now >= numberKeysMadeAt(state) + NUMBER_KEY_RULE.periodSeconds;
  if (made.length === 0 && alive.length === state.legKeys.length && !isAddressKeyDue && !isNumberKeyDue) return state;
  return {
    ...(isNumberKeyDue ? renewNumberKeys(state, now) : state),
    legKeys: [...alive, ...made],
    addressKeys: isAddressKeyDue ? [...state.addressKeys, makeAddressKey(now)] : state.addressKeys,
  };
}

export function makeKeyState(region: string, now: number): KeyState {
  return {
    region,
    identity: generateKeyPair(),
    legKeys: TRACKS.flatMap((track) => missingLegKeys([], track, now)),
    addressKeys: [makeAddressKey(now)],
    numberKeys: numberKeys({ version: 1, madeAt: now }),
  };
}

/** The next version of every purpose's key; the ones there were stay for look-ups. */
export const renewNumberKeys = (state: KeyState, now: number): KeyState => ({
  ...state,
  numberKeys: [...state.numberKeys, ...numberKeys({ version: numberVersion(state) + 1, madeAt: now })],
});

/** The version that new digests are made with, of every purpose. */
export const numberVersion = (state: KeyState): number => Math.max(...state.numberKeys.map(({ version }) => version));

/** When the newest number keys were made, Unix seconds. */
export const numberKeysMadeAt = (state: KeyState): number => Math.max(...state.numberKeys.map(({ madeAt }) => madeAt));

const numberKeys = (made: { readonly version: number; readonly madeAt: number }): NumberKey[] =>
  NUMBER_PURPOSES.map((purpose) => ({ purpose, secret: secret(), ...made }));

export function newestAddressKey(state: KeyState): AddressKey {
  return state.addressKeys.reduce((newest, key) => (key.madeAt > newest.madeAt ? key : newest));
}

export const secret = (): Bytes => toBytes(randomBytes(32));

/** The current slot's key and the next one's, unless they are there. */
function missingLegKeys(alive: readonly StoredLegKey[], track: LegTrack, now: number): StoredLegKey[] {
  const { periodSeconds } = TRACK_RULES[track];
  const current = Math.floor(now / periodSeconds) * periodSeconds;
  return [current, current + periodSeconds]
    .filter((sealFrom) => !alive.some((key) => key.track === track && key.sealFrom === sealFrom))
    .map((sealFrom) => makeLegKey(track, sealFrom));
}

/** The id is random too: a clock that was set back must not give a second key the id of a destroyed one. */
function makeLegKey(track: LegTrack, sealFrom: number): StoredLegKey {
  const { sealSeconds, destroySeconds } = TRACK_RULES[track];
  return {
    keyId: `${track}-${sealFrom.toString(36)}-${toBase64Url(randomBytes(6))}`,
    track,
    ...generateKeyPair(),
    sealFrom,
    sealUntil: sealFrom + sealSeconds,
    destroyAt: sealFrom + destroySeconds,
  };
}

const makeAddressKey = (now: number): AddressKey => ({
  keyId: `address-${now.toString(36)}-${toBase64Url(randomBytes(6))}`,
  secret: secret(),
  madeAt: now,
});
