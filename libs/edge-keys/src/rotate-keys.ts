import { randomBytes } from 'node:crypto';
import { toBase64Url, toBytes, type Bytes } from '@causeway/message-model';
import { generateKeyPair, type LegTrack } from '@causeway/signal-protocol';
import { ADDRESS_KEY_RULE, NUMBER_PURPOSES, TRACK_RULES } from './key-rules.js';
import type { AddressKey, KeyState, NumberKey, StoredLegKey } from './key-state.js';

const TRACKS: readonly LegTrack[] = ['short', 'day'];

/** The state that is due at `now` (Unix seconds): leg keys past their time left out, missing ones made. The same object when nothing is due. */
export function rotateKeys(state: KeyState, now: number): KeyState {
  const alive = state.legKeys.filter((key) => now < key.destroyAt);
  const made = TRACKS.flatMap((track) => missingLegKeys(alive, track, now));
  const isAddressKeyDue = now >= newestAddressKey(state).madeAt + ADDRESS_KEY_RULE.periodSeconds;
  if (made.length === 0 && alive.length === state.legKeys.length && !isAddressKeyDue) return state;
  return {
    ...state,
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
    numberKeys: NUMBER_PURPOSES.map((purpose): NumberKey => ({ purpose, version: 1, secret: secret() })),
  };
}

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
