import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  beginLinkSchema,
  begunLinkSchema,
  challengeIdField,
  crossNetworkSchema,
  linkAccountsSchema,
  linkedSchema,
  linkIdField,
  linkListSchema,
  proveLinkSchema,
  setFindableSchema,
  type LinkAccountsRequest,
} from '@causeway/api-contract';
import { CausewayError, toBase64Url, type ChallengeId, type LinkId } from '@causeway/message-model';
import { LinkAccounts } from '@causeway/people';
import { AccountStore, LinkStore, type AuthenticatedDevice } from '@causeway/storage';
import type { z } from 'zod';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';
import { EdgeDeskClient } from './edge-desk-client.js';
import { refuseAsEdge } from './refuse-as-edge.js';
import { ShowLinks } from './show-links.js';

@ApiTags('Links')
@UseGuards(DeviceTokenGuard)
@Controller('v1')
export class LinksController {
  constructor(
    private readonly show: ShowLinks,
    private readonly links: LinkStore,
    private readonly accounts: AccountStore,
    private readonly linkAccounts: LinkAccounts,
    private readonly edge: EdgeDeskClient,
  ) {}

  @Get('links')
  @Documented({
    summary: 'Numbers and accounts that this account is linked with',
    description: 'Of a number nothing is shown but its country: the gateway does not know it.',
    status: 200,
    answer: linkListSchema,
  })
  async list(@Caller() caller: AuthenticatedDevice) {
    return this.show.execute(caller);
  }

  @Post('links/numbers')
  @HttpCode(202)
  @Documented({
    summary: 'Have a one-time code texted to a number, sealed to the edge, that is to be linked',
    description: 'The answer is the same whether or not anybody linked the number. 10 codes a day, 4 for one number.',
    status: 202,
    answer: begunLinkSchema,
    problems: ['edge-key-stale', 'invalid-address', 'rate-limited', 'unavailable'],
  })
  async begin(
    @Caller() { tenant, account, device }: AuthenticatedDevice,
    @Body({ schema: beginLinkSchema }) request: z.output<typeof beginLinkSchema>,
  ) {
    const sealedAddress = toBase64Url(request.sealedAddress);
    const answer = await this.edge.beginLink({ tenant, account, device, keyId: request.keyId, sealedAddress });
    if (answer.kind === 'refused') throw await refuseAsEdge(this.edge, answer.code);
    return { challenge: answer.challenge, expiresAt: answer.expiresAt };
  }

  @Post('links/numbers/:id/proof')
  @HttpCode(204)
  @Documented({
    summary: 'Prove the number with the code: it is linked for a year, and nobody can find you by it yet',
    description: 'Five tries. Whoever linked this number before has it no longer.',
    status: 204,
    problems: ['code-wrong', 'too-many-links', 'unavailable'],
  })
  async prove(
    @Caller() { tenant, account }: AuthenticatedDevice,
    @Param('id', { schema: challengeIdField }) challenge: ChallengeId,
    @Body({ schema: proveLinkSchema }) { code }: z.output<typeof proveLinkSchema>,
  ): Promise<void> {
    const answer = await this.edge.proveLink({ tenant, account, challenge, code });
    if (answer.kind === 'refused') throw new CausewayError(answer.code);
  }

  @Post('links/accounts')
  @Documented({
    summary: 'Link two accounts of one person, signed by a device of each',
    description: 'The document was offered and signed by a device of the other account at most 15 minutes ago.',
    status: 201,
    answer: linkedSchema,
    problems: ['invalid-signature', 'too-many-links'],
  })
  async linkAccount(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: linkAccountsSchema }) request: LinkAccountsRequest,
  ) {
    return { link: await this.linkAccounts.execute(caller, request) };
  }

  @Put('links/:id/findable')
  @HttpCode(204)
  @Documented({
    summary: 'Who may find you by a linked number: nobody, people whose number you have, or everyone',
    status: 204,
    problems: ['not-found'],
  })
  async setFindable(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: linkIdField }) link: LinkId,
    @Body({ schema: setFindableSchema }) { by }: z.output<typeof setFindableSchema>,
  ): Promise<void> {
    if (!(await this.links.setFindable(caller, link, by))) throw new CausewayError('not-found');
  }

  @Delete('links/:id')
  @HttpCode(204)
  @Documented({ summary: 'Take back a link, at once; nothing of it is kept', status: 204, problems: ['not-found'] })
  async revoke(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: linkIdField }) link: LinkId,
  ): Promise<void> {
    if (!(await this.links.revoke(caller, link))) throw new CausewayError('not-found');
  }

  @Put('account/cross-network')
  @HttpCode(204)
  @Documented({
    summary: 'Take part in conversations with people of the other native networks, or not: off until turned on',
    description: 'Turned off again, nothing of theirs arrives any more; they cannot tell.',
    status: 204,
  })
  async setCrossNetwork(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: crossNetworkSchema }) { isOn }: z.output<typeof crossNetworkSchema>,
  ): Promise<void> {
    await this.accounts.setCrossNetwork(caller, isOn);
  }
}
