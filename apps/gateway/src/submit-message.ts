import { Injectable } from '@nestjs/common';
import type { SendMessageRequest } from '@causeway/api-contract';
import { SendMessage } from '@causeway/message-flow';
import { AdmitFirstContact } from '@causeway/people';
import type { AuthenticatedDevice } from '@causeway/storage';
import { DescribeMessage } from './describe-message.js';
import { IdempotencyKeys } from './idempotency-keys.js';

/** Takes a message from a device by the same rules at either door, the request and the socket. */
@Injectable()
export class SubmitMessage {
  constructor(
    private readonly sendMessage: SendMessage,
    private readonly describe: DescribeMessage,
    private readonly keys: IdempotencyKeys,
    private readonly admitFirstContact: AdmitFirstContact,
  ) {}

  /** Resolves when the message is committed. Submitted again it is the same message; throws `idempotency-conflict` while the first is under way. */
  async execute(caller: AuthenticatedDevice, request: SendMessageRequest) {
    if (request.to.kind === 'address') await this.admitFirstContact.execute(caller, request.to.address);
    const { messageId } = request;
    const accepted = await this.keys.run({ caller, messageId }, () => this.sendMessage.execute(caller, request));
    return this.describe.accepted(accepted);
  }
}
