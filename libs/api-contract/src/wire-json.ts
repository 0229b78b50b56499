import { toBase64Url } from '@causeway/message-model';

/** JSON as it travels: bytes as unpadded base64url, everything else as JSON has it. */
export function toWireJson(body: unknown): string {
  return JSON.stringify(body, (_key, value: unknown) => (value instanceof Uint8Array ? toBase64Url(value) : value));
}
