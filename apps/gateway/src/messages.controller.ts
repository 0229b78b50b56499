import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import {
  acceptedSchema,
  cursorField,
  limitField,
  messagePageSchema,
  messageStatusSchema,
  sendMessageSchema,
  transitIdField,
  type SendMessageRequest,
} from '@causeway/api-contract';
import { CausewayError, type TransitId } from '@causeway/message-model';
import { CancelMessage } from '@causeway/message-flow';
import type { AuthenticatedDevice } from '@causeway/storage';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller, DeviceTokenGuard } from './caller.js';
import { DescribeMessage } from './describe-message.js';
import { Documented } from './documented.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { SubmitMessage } from './submit-message.js';

const pageSchema = z.object({ limit: limitField, cursor: cursorField });

@ApiTags('Messages')
@UseGuards(DeviceTokenGuard)
@Controller('v1/messages')
export class MessagesController {
  constructor(
    private readonly submit: SubmitMessage,
    private readonly cancelMessage: CancelMessage,
    private readonly describe: DescribeMessage,
    private readonly keys: IdempotencyKeys,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'The message id, as a structured-field string: in double quotes',
  })
  @Documented({
    summary: 'Send a message',
    description:
      '202 means committed: the message ends in exactly one terminal state. Sent again it is the same message. A message without a body waits on the sender’s device; sending it again with a body lets it go.',
    status: 202,
    answer: acceptedSchema,
    problems: [
      'region-not-permitted',
      'idempotency-key-missing',
      'idempotency-conflict',
      'idempotency-mismatch',
      'no-consent',
      'interoperability-off',
      'rate-limited',
      'not-found',
      'device-mismatch',
      'device-stale',
      'edge-key-stale',
      'route-changed',
      'invalid-statement',
      'payload-too-large',
      'abnormal-usage-detected',
      'spending-limit-reached',
      'unavailable',
    ],
  })
  async send(
    @Caller() caller: AuthenticatedDevice,
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: sendMessageSchema }) request: SendMessageRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.keys.require(key, request.messageId);
    const accepted = await this.submit.execute(caller, request);
    void reply.header('location', `/v1/messages/${accepted.id}`);
    return accepted;
  }

  @Get()
  @Documented({ summary: 'Messages this device sent, newest deadline first', status: 200, answer: messagePageSchema })
  async list(@Caller() caller: AuthenticatedDevice, @Query({ schema: pageSchema }) page: z.output<typeof pageSchema>) {
    return this.describe.page(caller, page);
  }

  @Get(':id')
  @Documented({
    summary: 'State, attempts and hop receipt of a message',
    status: 200,
    answer: messageStatusSchema,
    problems: ['not-found'],
  })
  async find(@Caller() caller: AuthenticatedDevice, @Param('id', { schema: transitIdField }) id: TransitId) {
    const status = await this.describe.one(caller, id);
    if (!status) throw new CausewayError('not-found');
    return status;
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({
    summary: 'Call a message back that has not begun to be sent',
    status: 204,
    problems: ['not-found', 'not-cancellable'],
  })
  async cancel(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: transitIdField }) id: TransitId,
  ): Promise<void> {
    await this.cancelMessage.execute(caller, id);
  }
}
