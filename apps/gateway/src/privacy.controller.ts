import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  accountPrivacySchema,
  conversationIdField,
  conversationPrivacySchema,
  indicateSchema,
  privacyQuerySchema,
  privacySchema,
  type AccountPrivacy,
  type ConversationPrivacy,
} from '@causeway/api-contract';
import { CausewayError, toBase64Url, type ConversationId, type PrivacySwitches } from '@causeway/message-model';
import { ConsentStore, ContactStore, PrivacyStore, type AuthenticatedDevice } from '@causeway/storage';
import type { z } from 'zod';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';
import { EdgeDeskClient } from './edge-desk-client.js';

@ApiTags('Typing and read reports')
@UseGuards(DeviceTokenGuard)
@Controller('v1')
export class PrivacyController {
  constructor(
    private readonly switches: PrivacyStore,
    private readonly consents: ConsentStore,
    private readonly contacts: ContactStore,
    private readonly edge: EdgeDeskClient,
  ) {}

  @Get('account/privacy')
  @Documented({
    summary: 'Who learns that this person writes or has read',
    description:
      '`sealed`: the other end of an encrypted conversation only; `everywhere`: carriers of clear networks too.',
    status: 200,
    answer: privacySchema,
  })
  async read(
    @Caller() caller: AuthenticatedDevice,
    @Query({ schema: privacyQuerySchema }) { conversation }: z.output<typeof privacyQuerySchema>,
  ): Promise<PrivacySwitches> {
    return this.switches.of(caller, conversation);
  }

  @Put('account/privacy')
  @HttpCode(204)
  @Documented({
    summary: 'Set both switches of the account',
    description: 'A switch works in both directions: who does not tell is not shown it of others either.',
    status: 204,
  })
  async setForAccount(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: accountPrivacySchema }) set: AccountPrivacy,
  ): Promise<void> {
    await this.switches.setForAccount(caller, set);
  }

  @Put('conversations/:id/privacy')
  @HttpCode(204)
  @Documented({
    summary: 'Set both switches for one conversation, whatever the account says',
    status: 204,
    problems: ['not-found'],
  })
  async setForConversation(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: conversationIdField }) conversation: ConversationId,
    @Body({ schema: conversationPrivacySchema }) set: ConversationPrivacy,
  ): Promise<void> {
    const isTheirs =
      (await this.consents.find(caller, { conversation })) ??
      (await this.contacts.byConversation(caller, conversation));
    if (!isTheirs) throw new CausewayError('not-found', { pointer: '/id' });
    await this.switches.setForConversation(caller, conversation, set);
  }

  @Post('indications')
  @HttpCode(204)
  @Documented({
    summary: 'Show the other end of a clear conversation that someone writes, or has read',
    description:
      'Sealed to the edge. Best effort, never repeated; the answer is the same whether a switch, the network or the person keeps it from being shown.',
    status: 204,
    problems: ['not-found', 'unavailable'],
  })
  async indicate(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: indicateSchema }) { contact, keyId, sealed }: z.output<typeof indicateSchema>,
  ): Promise<void> {
    if (!(await this.contacts.summary(caller, contact))) throw new CausewayError('not-found', { pointer: '/contact' });
    const { tenant, account, device } = caller;
    await this.edge.indicate({ tenant, account, device, contact, keyId, sealed: toBase64Url(sealed) });
  }
}
