import type { AccountId, Bytes, MessageId, TenantId } from '@causeway/message-model';

/** One attempt of a message, the first being 1. */
export interface SentAttempt {
  readonly messageId: MessageId;
  readonly attempt: number;
}

/**
 * What the edges of an installation remember together, so that a database that was wiped, restored or tampered with cannot make one of them
 * trust another key or send a message twice. What an answer says was remembered is on disk. Throws `CausewayError('unavailable')` while
 * nobody keeps it: then whatever was asked may or may not have been remembered, and nothing may be done that needs the answer.
 */
export interface Ledger {
  accountKey(tenant: TenantId, account: AccountId): Promise<Bytes | undefined>;
  /** Pins the first key seen of an account. `changed`: another key is pinned, and stays pinned. */
  pinAccountKey(tenant: TenantId, account: AccountId, key: Uint8Array): Promise<'first-use' | 'same' | 'changed'>;
  /** Remembers a verified list's version. `older`: a newer list was seen, and this one must not be used. */
  acceptListVersion(tenant: TenantId, account: AccountId, version: number): Promise<'newer' | 'same' | 'older'>;
  /**
   * Right before a carrier is called. `known`: this very attempt was begun before, so do not call. `notAfter` (Unix
   * seconds) is the moment after which nobody could send the message anyway.
   */
  rememberSent(input: SentAttempt & { readonly notAfter: number }): Promise<'first' | 'known'>;
  /** Whether any attempt of the message was begun and not retracted. */
  wasSent(messageId: MessageId): Promise<boolean>;
  /** Takes back an attempt that certainly did not reach the carrier, so that another may be made. Unknown ones are fine. */
  retractSent(attempt: SentAttempt): Promise<void>;
}
