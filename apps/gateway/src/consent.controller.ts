import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  consentPolicySchema,
  decideConsentSchema,
  grantedSchema,
  limitField,
  requestPageSchema,
} from '@causeway/api-contract';
import { DecideConsent } from '@causeway/people';
import { AccountStore, ConsentStore, type AuthenticatedDevice } from '@causeway/storage';
import { z } from 'zod';
import { Caller, DeviceTokenGuard } from './caller.js';
import { EveryGateway } from './every-gateway.js';
import { Documented } from './documented.js';
import { noSooner } from './no-sooner.js';

/** A decision about an address is answered after this time, whether or not somebody is there. */
const DECISION_MS = 40;

const requestIdField = z.string().regex(/^q_[A-Za-z0-9_-]{22}$/, 'is not a valid request id');
const pageSchema = z.object({ limit: limitField, cursor: requestIdField.optional() });

@ApiTags('Consent')
@UseGuards(DeviceTokenGuard)
@Controller('v1')
export class ConsentController {
  constructor(
    private readonly decide: DecideConsent,
    private readonly consents: ConsentStore,
    private readonly accounts: AccountStore,
    private readonly devices: EveryGateway,
  ) {}

  @Get('requests')
  @Documented({ summary: 'People who ask to write to this account', status: 200, answer: requestPageSchema })
  async pending(
    @Caller() caller: AuthenticatedDevice,
    @Query({ schema: pageSchema }) page: z.output<typeof pageSchema>,
  ) {
    const rows = await this.consents.pending(caller, { after: page.cursor ?? '', limit: page.limit });
    const next = rows.length === page.limit ? rows.at(-1)?.request : undefined;
    const requests = rows.map((row) => ({
      request: row.request,
      from: row.from,
      requestedAt: row.requestedAt.toISOString(),
    }));
    return { requests, ...(next === undefined ? {} : { next }) };
  }

  @Post('requests/:id/grant')
  @HttpCode(200)
  @Documented({
    summary: 'Grant a request: both sides may write',
    status: 200,
    answer: grantedSchema,
    problems: ['not-found'],
  })
  async grant(@Caller() caller: AuthenticatedDevice, @Param('id', { schema: requestIdField }) id: string) {
    const { granted, touched } = await this.decide.grant(caller, id);
    this.devices.wake(touched);
    return { peer: granted.peerAddress, conversation: granted.conversation };
  }

  @Post('requests/:id/refuse')
  @HttpCode(204)
  @Documented({ summary: 'Refuse a request; the other side is never told', status: 204, problems: ['not-found'] })
  async refuse(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: requestIdField }) id: string,
  ): Promise<void> {
    await this.decide.refuse(caller, id);
  }

  @Put('consents')
  @HttpCode(204)
  @Documented({
    summary: 'Welcome someone in advance, block them, or take back one’s own request',
    description:
      'The answer is the same whether they exist or not. They are told of a grant they waited for, and of nothing else. A contact can be blocked and unblocked: what comes from its number is dropped meanwhile.',
    status: 204,
    problems: ['region-not-permitted'],
  })
  async decideInAdvance(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: decideConsentSchema }) body: z.output<typeof decideConsentSchema>,
  ): Promise<void> {
    if ('contact' in body) {
      await this.decide.decideContact(caller, body.contact, body.decision);
      return;
    }
    // there is less to do about an address that is nobody's
    this.devices.wake(await noSooner(DECISION_MS, this.decide.decide(caller, body.peer.uri, body.decision)));
  }

  @Put('account/consent-policy')
  @HttpCode(204)
  @Documented({
    summary: 'Who may write: those who asked and were granted, also people whose number you have, or anyone',
    description:
      '`contacts`: people among your contacts who linked their number and let you find them by it. Whoever was refused or blocked stays so.',
    status: 204,
  })
  async setPolicy(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: consentPolicySchema }) { policy }: z.output<typeof consentPolicySchema>,
  ): Promise<void> {
    await this.accounts.setConsentPolicy(caller, policy);
  }
}
