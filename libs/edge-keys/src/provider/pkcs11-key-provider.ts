import { randomBytes } from 'node:crypto';
import { concatBytes, toBytes, type Bytes } from '@causeway/message-model';
import { StartupProblem } from '@causeway/platform';
import { Serial } from '../serial.js';
import {
  checkedPurpose,
  decodeWrapped,
  encodeWrapped,
  KeyProviderAway,
  wrappingAad,
  type KeyContext,
  type KeyProvider,
} from './key-provider.js';
import { Pkcs11Connection, type Pkcs11Session, type Pkcs11Settings } from './pkcs11-session.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MOST_OBJECTS = 1_000;

/**
 * Wrapping keys inside a hardware module, AES-256-GCM: made there, marked sensitive and not extractable, so that what is wrapped opens only
 * where the module is. `ring` tells the keys of one key folder from those of others in the same token.
 */
export class Pkcs11KeyProvider implements KeyProvider {
  readonly kind = 'pkcs11';
  readonly #connection: Pkcs11Connection;
  /** A session does one thing at a time. */
  readonly #serial = new Serial();

  constructor(
    settings: Pkcs11Settings,
    private readonly ring: string,
  ) {
    this.#connection = new Pkcs11Connection(settings);
  }

  makeKey(purpose: string): Promise<string> {
    const keyId = `${checkedPurpose(purpose)}-${randomBytes(16).toString('hex')}`;
    return this.#reach(async ({ cryptoki, constants, handle }) => {
      cryptoki.C_GenerateKey(handle, { mechanism: constants.CKM_AES_KEY_GEN }, [
        { type: constants.CKA_CLASS, value: constants.CKO_SECRET_KEY },
        { type: constants.CKA_KEY_TYPE, value: constants.CKK_AES },
        { type: constants.CKA_TOKEN, value: true },
        { type: constants.CKA_PRIVATE, value: true },
        { type: constants.CKA_SENSITIVE, value: true },
        { type: constants.CKA_EXTRACTABLE, value: false },
        { type: constants.CKA_ENCRYPT, value: true },
        { type: constants.CKA_DECRYPT, value: true },
        { type: constants.CKA_VALUE_LEN, value: 32 },
        { type: constants.CKA_LABEL, value: this.#labelOf(keyId) },
      ]);
      return keyId;
    });
  }

  wrap(context: KeyContext, keyId: string, secret: Uint8Array): Promise<Bytes> {
    return this.#reach(async (session) => {
      const key = this.#find(session, keyId);
      if (!key) throw new Error('the wrapping key is not in the token');
      return encodeWrapped(keyId, await seal(session, key, { secret, aad: wrappingAad(context, keyId) }));
    });
  }

  async unwrap(context: KeyContext, wrapped: Uint8Array): Promise<Bytes | undefined> {
    const read = decodeWrapped(wrapped);
    if (!read || !read.keyId.startsWith(`${checkedPurpose(context.purpose)}-`)) return undefined;
    if (read.box.length < NONCE_BYTES + TAG_BYTES) return undefined;
    return this.#reach(async (session) => {
      const key = this.#find(session, read.keyId);
      return key && open(session, key, { box: read.box, aad: wrappingAad(context, read.keyId) });
    });
  }

  destroyAllBut(purpose: string, keyId: string): Promise<void> {
    const ours = `${this.#labelOf(checkedPurpose(purpose))}-`;
    return this.#reach(async (session) => {
      const { cryptoki, handle } = session;
      for (const { object, label } of allLabels(session)) {
        if (!label.startsWith(ours) || label.length !== ours.length + 32 || label === this.#labelOf(keyId)) continue;
        cryptoki.C_DestroyObject(handle, object);
      }
    });
  }

  check(): Promise<void> {
    return this.#reach(async () => undefined);
  }

  close(): Promise<void> {
    return this.#serial.run(async () => this.#connection.drop());
  }

  #labelOf(keyId: string): string {
    return `causeway-${this.ring}-${keyId}`;
  }

  #find({ cryptoki, constants, handle }: Pkcs11Session, keyId: string): Buffer | undefined {
    return findAll({ cryptoki, handle }, [
      { type: constants.CKA_CLASS, value: constants.CKO_SECRET_KEY },
      { type: constants.CKA_LABEL, value: this.#labelOf(keyId) },
    ])[0];
  }

  /** Whatever fails in the module makes it count as away, and the next call looks for it anew. */
  #reach<Result>(act: (session: Pkcs11Session) => Promise<Result>): Promise<Result> {
    return this.#serial.run(async () => {
      try {
        const session = await this.#connection.session();
        // libraries answer from what they remember after their token is gone; of the token itself they do not
        session.cryptoki.C_GetTokenInfo(session.slot);
        return await act(session);
      } catch (cause) {
        this.#connection.drop();
        if (cause instanceof StartupProblem) throw cause;
        throw new KeyProviderAway(this.kind, { cause });
      }
    });
  }
}

const mechanismOf = ({ constants }: Pkcs11Session, iv: Uint8Array, aad: Uint8Array) => ({
  mechanism: constants.CKM_AES_GCM,
  parameter: {
    type: constants.CK_PARAMS_AES_GCM_v240,
    iv: Buffer.from(iv),
    ivBits: NONCE_BYTES * 8,
    aad: Buffer.from(aad),
    tagBits: TAG_BYTES * 8,
  },
});

async function seal(
  session: Pkcs11Session,
  key: Buffer,
  { secret, aad }: { readonly secret: Uint8Array; readonly aad: Uint8Array },
): Promise<Bytes> {
  const { cryptoki, handle } = session;
  const nonce = randomBytes(NONCE_BYTES);
  const plaintext = Buffer.from(secret);
  cryptoki.C_EncryptInit(handle, mechanismOf(session, nonce, aad), key);
  const sealed = await cryptoki.C_EncryptAsync(handle, plaintext, Buffer.alloc(plaintext.length + 2 * TAG_BYTES));
  plaintext.fill(0);
  return concatBytes(nonce, sealed);
}

/**
 * Modules say "general error" for a box that was changed as well as for a token that is gone: the same key is asked for something of its own
 * to tell them apart, which is a failure of the token when it fails.
 */
async function open(
  session: Pkcs11Session,
  key: Buffer,
  { box, aad }: { readonly box: Uint8Array; readonly aad: Uint8Array },
): Promise<Bytes | undefined> {
  const { cryptoki, handle } = session;
  cryptoki.C_DecryptInit(handle, mechanismOf(session, box.subarray(0, NONCE_BYTES), aad), key);
  const room = Buffer.alloc(box.length);
  try {
    const secret = await cryptoki.C_DecryptAsync(handle, Buffer.from(box.subarray(NONCE_BYTES)), room);
    return toBytes(secret);
  } catch {
    await seal(session, key, { secret: new Uint8Array(1), aad });
    return undefined;
  } finally {
    room.fill(0);
  }
}

type Searching = Pick<Pkcs11Session, 'cryptoki' | 'handle'>;

function findAll(
  { cryptoki, handle }: Searching,
  template: Parameters<Pkcs11Session['cryptoki']['C_FindObjectsInit']>[1],
): Buffer[] {
  cryptoki.C_FindObjectsInit(handle, template);
  try {
    return cryptoki.C_FindObjects(handle, MOST_OBJECTS);
  } finally {
    cryptoki.C_FindObjectsFinal(handle);
  }
}

function allLabels({ cryptoki, constants, handle }: Pkcs11Session) {
  const objects = findAll({ cryptoki, handle }, [{ type: constants.CKA_CLASS, value: constants.CKO_SECRET_KEY }]);
  return objects.map((object) => {
    const [label] = cryptoki.C_GetAttributeValue(handle, object, [{ type: constants.CKA_LABEL }]);
    return { object, label: label?.value.toString('utf8') ?? '' };
  });
}
