import { encodeCbor, parseAccountId, parseTenantId, type AccountId, type TenantId } from '@causeway/message-model';
import { readDocument } from './field-reader.js';
import { sign, verify } from './key-pair.js';
import type { Signed } from './names.js';

/** The wish to erase an account, which only its primary device can sign. */
export interface AccountErasure {
  readonly tenant: TenantId;
  readonly account: AccountId;
  /** Unix seconds. */
  readonly signedAt: number;
}

const LABEL = 'causeway-erase-account-v1';

/** Signs with the account key: whoever stole a token, or holds a second device, cannot erase the account. */
export function signAccountErasure(erasure: AccountErasure, accountPrivateKey: Uint8Array): Signed {
  const bytes = encodeCbor([LABEL, erasure.tenant, erasure.account, erasure.signedAt]);
  return { bytes, signature: sign(accountPrivateKey, bytes) };
}

/** The wish; `undefined` when the signature does not verify or a field is not what it should be. Whose it is, is for the caller to compare. */
export function openAccountErasure(signed: Signed, accountKey: Uint8Array): AccountErasure | undefined {
  if (signed.signature.length !== 64 || !verify(accountKey, signed.bytes, signed.signature)) return undefined;
  return readDocument(signed.bytes, (fields) => {
    fields.literal(LABEL);
    return { tenant: fields.id(parseTenantId), account: fields.id(parseAccountId), signedAt: fields.time() };
  });
}
