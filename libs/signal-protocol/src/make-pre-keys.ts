import {
  KEMKeyPair,
  KyberPreKeyRecord,
  PreKeyRecord,
  PrivateKey,
  SignedPreKeyRecord,
} from '@signalapp/libsignal-client';
import { LIMITS } from './limits.js';
import type { PreKeyBatch, PublicPreKey, SignedPreKeys, SignedPublicPreKey } from './pre-keys.js';
import type { LocalDevice, ProtocolCollection } from './protocol-store.js';
import type { SignalOperation } from './signal-operation.js';

/** Records carry a timestamp that nothing reads: age is the caller's book-keeping, so that no clock is needed here. */
const NO_TIMESTAMP = 0;

/** See `SignalDevice.generatePreKeys`. */
export async function makePreKeys(
  operation: SignalOperation,
  local: LocalDevice,
  { firstId, count }: { readonly firstId: number; readonly count: number },
): Promise<PreKeyBatch> {
  const identity = PrivateKey.deserialize(local.identityPrivateKey);
  const ec: PublicPreKey[] = [];
  const kyber: SignedPublicPreKey[] = [];
  for (let keyId = firstId; keyId < firstId + count; keyId++) {
    await refuseTaken(operation, 'pre-key', keyId);
    await refuseTaken(operation, 'kyber-pre-key', keyId);
    const privateKey = PrivateKey.generate();
    const publicKey = privateKey.getPublicKey();
    await operation.preKeys.savePreKey(keyId, PreKeyRecord.new(keyId, publicKey, privateKey));
    ec.push({ keyId, publicKey: publicKey.serialize() });
    kyber.push(makeKyber(operation, identity, { keyId, use: 'one-time' }));
  }
  await operation.staged.commit();
  return { ec, kyber };
}

/** See `SignalDevice.generateSignedPreKeys`. */
export async function makeSignedPreKeys(
  operation: SignalOperation,
  local: LocalDevice,
  ids: { readonly signedPreKeyId: number; readonly lastResortKyberId: number },
): Promise<SignedPreKeys> {
  const identity = PrivateKey.deserialize(local.identityPrivateKey);
  await refuseTaken(operation, 'signed-pre-key', ids.signedPreKeyId);
  await refuseTaken(operation, 'kyber-pre-key', ids.lastResortKyberId);
  const privateKey = PrivateKey.generate();
  const publicKey = privateKey.getPublicKey();
  const signature = identity.sign(publicKey.serialize());
  const keyId = ids.signedPreKeyId;
  const record = SignedPreKeyRecord.new(keyId, NO_TIMESTAMP, publicKey, privateKey, signature);
  await operation.signedPreKeys.saveSignedPreKey(keyId, record);
  const lastResortKyber = makeKyber(operation, identity, { keyId: ids.lastResortKyberId, use: 'last-resort' });
  await operation.staged.commit();
  return { signedPreKey: { keyId, publicKey: publicKey.serialize(), signature }, lastResortKyber };
}

function makeKyber(
  operation: SignalOperation,
  identity: PrivateKey,
  { keyId, use }: { readonly keyId: number; readonly use: 'one-time' | 'last-resort' },
): SignedPublicPreKey {
  const pair = KEMKeyPair.generate();
  const publicKey = pair.getPublicKey().serialize();
  const signature = identity.sign(publicKey);
  operation.kyberPreKeys.save(keyId, KyberPreKeyRecord.new(keyId, NO_TIMESTAMP, pair, signature), use);
  return { keyId, publicKey, signature };
}

async function refuseTaken(operation: SignalOperation, collection: ProtocolCollection, keyId: number): Promise<void> {
  if (!Number.isInteger(keyId) || keyId < 1 || keyId > LIMITS.keyId) throw new RangeError('a key id is 1 to 2^24 - 1');
  if (await operation.staged.get(collection, String(keyId)))
    throw new RangeError(`${collection} ${keyId} exists already`);
}
