import type { Bytes } from '@causeway/message-model';

/** A one-time key as it is published. Ids are 1 to 2^24 - 1. */
export interface PublicPreKey {
  readonly keyId: number;
  readonly publicKey: Bytes;
}

/** A key signed by the device identity: the signed EC key, and every Kyber key (1,569 bytes). */
export interface SignedPublicPreKey extends PublicPreKey {
  readonly signature: Bytes;
}

/** One-time keys as they are published, the same ids in both lists. */
export interface PreKeyBatch {
  readonly ec: readonly PublicPreKey[];
  readonly kyber: readonly SignedPublicPreKey[];
}

/** The keys that serve when one-time keys have run out. */
export interface SignedPreKeys {
  readonly signedPreKey: SignedPublicPreKey;
  readonly lastResortKyber: SignedPublicPreKey;
}

/** What one device's server-side keys come to when a session is started. Kyber is not optional: sessions are PQXDH. */
export interface PreKeyBundleParts {
  readonly registrationId: number;
  readonly identityKey: Bytes;
  readonly preKey: PublicPreKey | null;
  readonly signedPreKey: SignedPublicPreKey;
  readonly kyberPreKey: SignedPublicPreKey;
}
