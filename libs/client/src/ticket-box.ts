import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { concatBytes, toBytes, type Bytes } from '@causeway/message-model';

/** X25519 keys as raw DER: one pair per offer, used for one ticket. */
export interface TicketKeys {
  readonly publicKey: Bytes;
  readonly privateKey: Bytes;
}

const PUBLIC_DER_BYTES = 44;
const TAG_BYTES = 16;
const LABEL = 'causeway-link-ticket-v1';
// The key is derived anew for every ticket and seals one message only.
const NONCE = toBytes(new Uint8Array(12));

export function makeTicketKeys(): TicketKeys {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    publicKey: toBytes(publicKey.export({ type: 'spki', format: 'der' })),
    privateKey: toBytes(privateKey.export({ type: 'pkcs8', format: 'der' })),
  };
}

/** Seals a ticket to the offer it answers; what carries it need not be trusted with its content. */
export function sealTicket(ticket: Uint8Array, offerKey: Uint8Array): Bytes {
  const ephemeral = makeTicketKeys();
  const key = sharedKey(readPrivate(ephemeral.privateKey), readPublic(offerKey), ephemeral.publicKey, offerKey);
  const cipher = createCipheriv('aes-256-gcm', key, NONCE);
  return concatBytes(ephemeral.publicKey, cipher.update(ticket), cipher.final(), cipher.getAuthTag());
}

/** `undefined` when the ticket answers another offer or was changed. */
export function openTicket(box: Uint8Array, keys: TicketKeys): Bytes | undefined {
  try {
    const ephemeral = box.subarray(0, PUBLIC_DER_BYTES);
    const key = sharedKey(readPrivate(keys.privateKey), readPublic(ephemeral), ephemeral, keys.publicKey);
    const decipher = createDecipheriv('aes-256-gcm', key, NONCE).setAuthTag(box.subarray(box.length - TAG_BYTES));
    const body = decipher.update(box.subarray(PUBLIC_DER_BYTES, box.length - TAG_BYTES));
    return concatBytes(body, decipher.final());
  } catch {
    return undefined;
  }
}

function sharedKey(
  privateKey: KeyObject,
  publicKey: KeyObject,
  ephemeral: Uint8Array,
  offerKey: Uint8Array,
): Uint8Array {
  const secret = diffieHellman({ privateKey, publicKey });
  return new Uint8Array(hkdfSync('sha256', secret, concatBytes(ephemeral, offerKey), LABEL, 32));
}

const readPublic = (der: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
const readPrivate = (der: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
