import { Injectable } from '@nestjs/common';
import { CausewayError, type MessageId } from '@causeway/message-model';
import type { DeviceRef } from '@causeway/storage';

/** A structured-field string: printable ASCII in double quotes, RFC 8941 section 3.3.3. */
const SF_STRING = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/**
 * draft-ietf-httpapi-idempotency-key-header: 400 without a key, 409 while the first request with it runs, 422 when it names another message.
 * The key is the message id, which commits to the content; what is stored for repetitions is the message itself, until its metadata leaves.
 */
@Injectable()
export class IdempotencyKeys {
  private readonly running = new Set<string>();

  /** Throws when the header does not name the message. */
  require(header: string | undefined, messageId: MessageId): void {
    if (header === undefined) throw new CausewayError('idempotency-key-missing');
    const key = SF_STRING.exec(header)?.[1];
    if (key === undefined)
      throw new CausewayError('invalid-request', { detail: 'Idempotency-Key is a string in double quotes' });
    if (key !== messageId) throw new CausewayError('idempotency-mismatch', { pointer: '/messageId' });
  }

  async run<Result>(
    { caller, messageId }: { readonly caller: DeviceRef; readonly messageId: MessageId },
    task: () => Promise<Result>,
  ): Promise<Result> {
    const name = `${caller.tenant} ${caller.account} ${caller.device} ${messageId}`;
    if (this.running.has(name)) throw new CausewayError('idempotency-conflict');
    this.running.add(name);
    try {
      return await task();
    } finally {
      this.running.delete(name);
    }
  }
}
