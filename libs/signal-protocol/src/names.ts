import { parseDeviceId, type DeviceId } from '@causeway/message-model';
import { refuse, type FieldReader } from './field-reader.js';
import { LIMITS } from './limits.js';

/** A document with the signature over its bytes. The bytes travel as they were signed and are never encoded again. */
export interface Signed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Of a serialised public key, and of a signature under one. */
export const KEY_AND_SIGNATURE_BYTES = { key: 33, signature: 64 } as const;

const NETWORK = /^[a-z0-9][a-z0-9._:-]{0,63}$/;
const E164 = /^\+[1-9][0-9]{1,14}$/;

/** Whether the text has the form of an E.164 number with its plus sign; whether the number can exist is another question. */
export const isE164 = (text: string): boolean => E164.test(text);

export const readNetwork = (fields: FieldReader): string => {
  const network = fields.text();
  return NETWORK.test(network) ? network : refuse();
};

export const readNetworks = (fields: FieldReader): string[] =>
  fields.names(LIMITS.networks, (text) => NETWORK.test(text));

export const readDeviceId = (fields: FieldReader): DeviceId =>
  parseDeviceId(fields.integer({ min: 1, max: LIMITS.devices })) ?? refuse();
