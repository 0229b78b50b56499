import { createHash, randomBytes } from 'node:crypto';
import { registeredSchema, toWireJson } from '@causeway/api-contract';
import {
  mintAccountId,
  nativeAddress,
  parseMessageId,
  PRIMARY_DEVICE,
  toBase64Url,
  toBytes,
  type AccountId,
  type Bytes,
  type MessageId,
  type TenantId,
  parseTenantId,
} from '@causeway/message-model';
import {
  generateKeyPair,
  sign,
  signDeviceList,
  type DeviceList,
  type SignedDeviceList,
} from '@causeway/signal-protocol';
import { z } from 'zod';

/** What the door said. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly headers: Headers;
  readonly text: string;
  readonly document: Readonly<Record<string, unknown>>;
}

export interface Words {
  /** Sent as JSON; `text` is sent as it is instead. */
  readonly body?: unknown;
  readonly text?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

const KYBER_KEY_BYTES = 1569;
const SEAL_KEY_NOT_AFTER = 4_000_000_000;

/** One HTTP request, word for word. */
export async function say(url: string, method: string, words: Words = {}): Promise<Answer> {
  const body = words.text ?? (words.body === undefined ? undefined : toWireJson(words.body));
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...words.headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    headers: response.headers,
    text,
    document: documentOf(text),
  };
}

const documentSchema = z.record(z.string(), z.unknown());

function documentOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return documentSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/**
 * A device made by hand: every key is the test's, and what it tells the gateway it tells word for word, wrong or right. Its pre-keys are
 * signed noise, since nothing a test sends it is meant to be read.
 */
export class RawDevice {
  readonly account: AccountId = mintAccountId();
  readonly deviceId = PRIMARY_DEVICE;
  readonly registrationId = 4711;
  readonly sealKeyId = 1;
  readonly token = toBase64Url(randomBytes(32));
  readonly accountKeys = generateKeyPair();
  readonly identity = generateKeyPair();
  readonly seal = generateKeyPair();
  readonly address: string;
  tenant: TenantId | undefined;

  constructor(
    readonly gateway: string,
    handle: string,
    host = 'causeway.local',
  ) {
    const address = nativeAddress(host, handle);
    if (!address) throw new Error(`${handle} is not a handle`);
    this.address = address.uri;
  }

  static async register(gateway: string, handle: string, host?: string): Promise<RawDevice> {
    const device = new RawDevice(gateway, handle, host);
    const answer = await say(`${gateway}/v1/accounts`, 'POST', { body: device.registration() });
    if (answer.status !== 201) throw new Error(`the gateway refused the registration: ${answer.text}`);
    device.tenant = parseTenantId(registeredSchema.parse(answer.document).edge.tenant);
    // off until a person turns them on; tests of the switch turn them off again
    await device.call('PUT', '/v1/preferences', { body: { networksOn: ['sms', 'rcs'] } });
    return device;
  }

  /** The first list, or one with `changes`. */
  list(changes: Partial<DeviceList> = {}): SignedDeviceList {
    const device = {
      deviceId: this.deviceId,
      registrationId: this.registrationId,
      identityKey: this.identity.publicKey,
      sealKeyId: this.sealKeyId,
      sealKey: this.seal.publicKey,
      sealKeyNotAfter: SEAL_KEY_NOT_AFTER,
    };
    const createdAt = Math.floor(Date.now() / 1000);
    const list = { account: this.account, address: this.address, version: 1, createdAt, devices: [device], ...changes };
    return signDeviceList(list, this.accountKeys.privateKey);
  }

  /** Public keys of this device, each signed by its identity. */
  keys() {
    const signed = (publicKey: Bytes, keyId: number) => ({
      keyId,
      publicKey,
      signature: sign(this.identity.privateKey, publicKey),
    });
    return {
      registrationId: this.registrationId,
      identityKey: this.identity.publicKey,
      sealKeyId: this.sealKeyId,
      sealKey: this.seal.publicKey,
      signedPreKey: signed(generateKeyPair().publicKey, 1),
      lastResortKyber: signed(toBytes(randomBytes(KYBER_KEY_BYTES)), 1),
      oneTime: { ec: [], kyber: [] },
      tokenDigest: toBytes(createHash('sha256').update(Buffer.from(this.token, 'base64url')).digest()),
    };
  }

  registration(changes: Readonly<Record<string, unknown>> = {}) {
    const { address, account, accountKeys } = this;
    return {
      address,
      account,
      accountKey: accountKeys.publicKey,
      deviceList: this.list(),
      device: this.keys(),
      ...changes,
    };
  }

  call(method: string, path: string, words: Words = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, ...words.headers };
    return say(`${this.gateway}${path}`, method, { ...words, headers });
  }

  /** With the header it needs: the message id in double quotes. */
  send(
    message: Readonly<Record<string, unknown>> & { readonly messageId: string },
    headers: Words['headers'] = {},
  ): Promise<Answer> {
    return this.call('POST', '/v1/messages', {
      body: message,
      headers: { 'idempotency-key': `"${message.messageId}"`, ...headers },
    });
  }

  /** A message without words, to anyone. */
  header(changes: Readonly<Record<string, unknown>> = {}) {
    return {
      messageId: newMessageId(),
      to: {
        kind: 'address',
        address: 'mimi://causeway.local/u/nobody-there',
        conversation: `r_${toBase64Url(randomBytes(16))}`,
      },
      floor: 'sealed',
      deliverBefore: inSeconds(3600),
      body: { leg: 'none', reason: 'consent' },
      ...changes,
    };
  }
}

/** An id of the right form that commits to nothing. */
export function newMessageId(): MessageId {
  const id = parseMessageId(toBase64Url(Buffer.concat([Buffer.from([1]), randomBytes(31)])));
  if (!id) throw new Error('not a message id');
  return id;
}

/** Unix seconds. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
