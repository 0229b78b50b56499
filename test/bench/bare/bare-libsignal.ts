import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { mintAccountId, parseDeviceId, toBytes, type Bytes, type DeviceId } from '@causeway/message-model';
import {
  generateKeyPair,
  generateRegistrationId,
  SignalDevice,
  type LocalDevice,
  type ProtocolStore,
} from '@causeway/signal-protocol';
import { PrivateKey, PublicKey } from '@signalapp/libsignal-client';

const WORDS_BYTES = 160;
const SIGNAL_MESSAGE_BYTES = 265;

export interface Speed {
  /** One after the other, in one process. */
  readonly perSecond: number;
  /** Processor time of each. */
  readonly cpuMs: number;
}

export interface Speeds {
  readonly encrypt: Speed;
  readonly decrypt: Speed;
  readonly hpkeSeal: Speed;
  readonly hpkeOpen: Speed;
}

/** A device's state in memory, so that what is measured is the cryptography. */
function memoryStore(): ProtocolStore {
  const entries = new Map<string, Bytes>();
  return {
    get: async (collection, key) => entries.get(`${collection}/${key}`),
    put: async (collection, key, value) => void entries.set(`${collection}/${key}`, value),
    delete: async (collection, key) => void entries.delete(`${collection}/${key}`),
  };
}

/** Sessions through our `signal-protocol` with its state in memory; HPKE straight from libsignal. */
export async function libsignalSpeeds(forMs: number): Promise<Speeds> {
  const [ada, bob] = [makeDevice(1), makeDevice(2)];
  await introduce(ada, bob);
  const words = toBytes(randomBytes(WORDS_BYTES));
  const encrypted: Awaited<ReturnType<typeof encryptTo>>[] = [];
  const encrypt = await speedOf(forMs, async () => void encrypted.push(await encryptTo(ada, bob, words)));
  let next = 0;
  const decrypt = await speedOf(forMs, async () => {
    const message = encrypted[next];
    if (!message) return false;
    next += 1;
    await read(bob, ada, message);
    return true;
  });
  const { publicKey, privateKey } = generateKeyPair();
  const [to, by] = [PublicKey.deserialize(publicKey), PrivateKey.deserialize(privateKey)];
  const inner = toBytes(randomBytes(SIGNAL_MESSAGE_BYTES));
  const aad = toBytes(randomBytes(32));
  const hpkeSeal = await speedOf(forMs, () => void to.seal(inner, 'bench', aad));
  const box = to.seal(inner, 'bench', aad);
  const hpkeOpen = await speedOf(forMs, () => void by.open(box, 'bench', aad));
  return { encrypt, decrypt, hpkeSeal, hpkeOpen };
}

interface Peer {
  readonly local: LocalDevice;
  readonly signal: SignalDevice;
}

function makeDevice(id: number): Peer {
  const identity = generateKeyPair();
  const local = {
    account: mintAccountId(),
    deviceId: deviceIdOf(id),
    registrationId: generateRegistrationId(),
    identityKey: identity.publicKey,
    identityPrivateKey: identity.privateKey,
  };
  return { local, signal: new SignalDevice(local, memoryStore(), { isTrusted: async () => true }) };
}

function deviceIdOf(id: number): DeviceId {
  const parsed = parseDeviceId(id);
  if (parsed === undefined) throw new Error('not a device id');
  return parsed;
}

/** A session that both sides have used, so that no message carries pre-keys. */
async function introduce(ada: Peer, bob: Peer): Promise<void> {
  const signed = await bob.signal.generateSignedPreKeys({ signedPreKeyId: 1, lastResortKyberId: 1 });
  const { registrationId, identityKey } = bob.local;
  const bundle = {
    registrationId,
    identityKey,
    preKey: null,
    signedPreKey: signed.signedPreKey,
    kyberPreKey: signed.lastResortKyber,
  };
  const started = await ada.signal.startSession(bob.local.account, bob.local.deviceId, bundle);
  if (started.kind !== 'started') throw new Error(`no session: ${started.reason}`);
  await read(bob, ada, await encryptTo(ada, bob, toBytes(randomBytes(8))));
  await read(ada, bob, await encryptTo(bob, ada, toBytes(randomBytes(8))));
}

async function encryptTo(from: Peer, to: Peer, words: Bytes) {
  const encrypted = await from.signal.encrypt(to.local.account, to.local.deviceId, words);
  if (encrypted.kind !== 'encrypted') throw new Error(encrypted.kind);
  return encrypted;
}

async function read(by: Peer, from: Peer, message: Awaited<ReturnType<typeof encryptTo>>): Promise<void> {
  const { kind } = await by.signal.decrypt(from.local.account, from.local.deviceId, message);
  if (kind !== 'plaintext') throw new Error(kind);
}

/** `act` answers false when there is nothing left to do. */
async function speedOf(forMs: number, act: () => Promise<boolean | void> | void): Promise<Speed> {
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  let done = 0;
  while (performance.now() - startedMs < forMs) {
    if ((await act()) === false) break;
    done += 1;
    if (done % 100 === 0) await turn();
  }
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (done * 1000) / (performance.now() - startedMs), cpuMs: (user + system) / 1000 / done };
}
