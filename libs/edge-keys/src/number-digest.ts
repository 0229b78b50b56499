import { createHmac } from 'node:crypto';
import { encodeCbor, toBytes, type Bytes, type TenantId } from '@causeway/message-model';
import type { NumberKey } from './key-state.js';

/** A number under one version of one purpose's key. 32 bytes; tells nothing to whoever lacks the key. */
export interface NumberDigest {
  readonly version: number;
  readonly digest: Bytes;
}

/** HMAC-SHA-256 over the deterministic CBOR of label, tenant and number, so that no two inputs run together. */
export function digestNumber(key: NumberKey, tenant: TenantId, e164: string): NumberDigest {
  const form = encodeCbor([`causeway-number-${key.purpose}-v1`, tenant, e164]);
  return { version: key.version, digest: toBytes(createHmac('sha256', key.secret).update(form).digest()) };
}
