export { EdgeCustody, type Closable, type CustodyInput, type Keeping } from './edge-custody.js';
export { EdgeKeys, type KeyChanges } from './edge-keys.js';
export { EdgeLedger } from './edge-ledger.js';
export { KeyUse } from './key-use.js';
export { type Ledger, type SentAttempt } from './ledger.js';
export { KeeperDesk } from './keeper-desk.js';
export { KEEPER_QUESTIONS, type KeeperLine, type KeeperQuestion } from './keeper-questions.js';
export { addressKeyIdOf } from './address-at-rest.js';
export {
  KEY_PROVIDERS,
  KeyProviderAway,
  type KeyContext,
  type KeyProvider,
  type KeyProviderKind,
} from './provider/key-provider.js';
export { openKeyProvider, type KeyProviderSettings } from './provider/open-key-provider.js';
export { SealedSecrets, type SecretName } from './sealed-secrets.js';
export { moveKeys } from './move-keys.js';
export { unsealSettings } from './unseal-settings.js';
export { type NumberDigest } from './number-digest.js';
export { ADDRESS_KEY_RULE, NUMBER_PURPOSES, TRACK_RULES, type NumberPurpose, type TrackRule } from './key-rules.js';
