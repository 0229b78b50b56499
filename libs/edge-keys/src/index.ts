export { EdgeKeys, type KeyChanges } from './edge-keys.js';
export { EdgeLedger, type SentAttempt } from './edge-ledger.js';
export { addressKeyIdOf } from './address-at-rest.js';
export { type NumberDigest } from './number-digest.js';
export { ADDRESS_KEY_RULE, NUMBER_PURPOSES, TRACK_RULES, type NumberPurpose, type TrackRule } from './key-rules.js';
