import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AGENT_MESSAGE } from './agent-message.js';
import { BearerGuard } from './bearer.guard.js';
import { MessageQuota } from './message-quota.js';
import { RcsCalls, tooMany } from './rcs-calls.js';
import { RcsError } from './rcs-error.js';
import { RcsNetwork, stateAt, type RcsMessage } from './rcs-network.js';
import { RcsPhones } from './rcs-phones.js';

const E164 = /^\+[1-9]\d{6,14}$/;
const MESSAGE_ID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

type Query = Readonly<Record<string, string | undefined>>;

const AGENT_EVENT = z.union([
  z.strictObject({ eventType: z.literal('IS_TYPING') }),
  z.strictObject({ eventType: z.literal('READ'), messageId: z.string().min(1).max(100) }),
]);

/** Agent messages and events, in the shape of RBM's `v1` (developers.google.com/business-communications/rcs-business-messaging). */
@Controller('rcs/v1')
@UseGuards(BearerGuard)
export class AgentMessagesController {
  constructor(
    private readonly calls: RcsCalls,
    private readonly network: RcsNetwork,
    private readonly phones: RcsPhones,
    private readonly quota: MessageQuota,
  ) {}

  @Post('phones/:e164/agentMessages')
  @HttpCode(200)
  create(
    @Param('e164') e164: string,
    @Query() query: Query,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const messageId = query['messageId'] ?? '';
    return this.calls.answer({ operation: 'create', event: 'call-create', reply, messageId }, (fault) => {
      const { agentId } = this.network.agent(query['agentId']);
      if (fault?.mode === 'number-recycled') this.network.giveAway(e164);
      if (!E164.test(e164)) throw RcsError.of('INVALID_ARGUMENT', 'The phone number is not in E.164.');
      if (!MESSAGE_ID.test(messageId)) throw RcsError.of('INVALID_ARGUMENT', 'messageId must be a UUID.');
      const read = AGENT_MESSAGE.safeParse(body);
      if (!read.success) throw RcsError.of('INVALID_ARGUMENT', 'The message is not valid.');
      const retryAfterSeconds = this.quota.take(agentId);
      if (retryAfterSeconds > 0) throw tooMany(reply, retryAfterSeconds);
      return rendered(this.network.accept({ agentId, e164, messageId }, read.data));
    });
  }

  /** 200 when it was taken back, 404 when the handset has it already. */
  @Delete('phones/:e164/agentMessages/:messageId')
  revoke(
    @Param('e164') e164: string,
    @Param('messageId') messageId: string,
    @Query() query: Query,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.calls.answer({ operation: 'revoke', event: 'call-revoke', reply, messageId }, () => {
      const message = this.network.find(this.network.agent(query['agentId']).agentId, messageId);
      if (message?.e164 !== e164 || !this.network.revoke(message))
        throw RcsError.of('NOT_FOUND', 'There is no such message, or it was delivered.');
      return {};
    });
  }

  /** This network's own: RBM has no way to ask where a message stands. */
  @Get('agentMessages/:messageId')
  fetch(@Param('messageId') messageId: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.calls.answer({ operation: 'fetch', event: 'call-fetch', reply, messageId }, (fault) => {
      const message = this.network.findById(messageId);
      const lagMs = fault?.mode === 'lag' ? fault.delayMs : 0;
      const state = message && stateAt(message, Date.now() - lagMs);
      if (!message || !state) throw RcsError.of('NOT_FOUND', 'There is no such message.');
      return rendered({ ...message, state });
    });
  }

  @Post('phones/:e164/agentEvents')
  @HttpCode(200)
  event(
    @Param('e164') e164: string,
    @Query() query: Query,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.calls.answer({ operation: 'event', event: 'call-event', reply }, () => {
      const { agentId } = this.network.agent(query['agentId']);
      const read = AGENT_EVENT.safeParse(body);
      if (!read.success || !query['eventId']) throw RcsError.of('INVALID_ARGUMENT', 'The event is not valid.');
      if (!this.phones.hasRcs(e164)) throw RcsError.of('NOT_FOUND', 'Not reachable.', 'NOT_REACHABLE_BY_RCS');
      if (read.data.eventType === 'IS_TYPING') this.phones.showTyping(e164, agentId);
      else this.phones.markRead(e164, read.data.messageId, 'written');
      return { name: `phones/${e164}/agentEvents/${query['eventId']}`, ...read.data };
    });
  }
}

/** `encryption` and `smsFallback` are this network's own: what went end-to-end encrypted must not follow by SMS. */
const rendered = ({ e164, messageId, state, encryption, acceptedAtMs, expiresAtMs }: RcsMessage) => ({
  name: `phones/${e164}/agentMessages/${messageId}`,
  sendTime: new Date(acceptedAtMs).toISOString(),
  ...(expiresAtMs === undefined ? {} : { expireTime: new Date(expiresAtMs).toISOString() }),
  state,
  encryption: encryption === 'mls' ? 'MLS' : 'NONE',
  smsFallback: encryption === 'mls' ? 'FORBIDDEN' : 'ALLOWED',
  simulated: true,
});
