import { Body, Controller, Delete, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  contactIdField,
  contactSchema,
  explainedRouteSchema,
  planRouteSchema,
  planSchema,
  sealAddressSchema,
} from '@causeway/api-contract';
import { CausewayError, toBase64Url, type ContactId } from '@causeway/message-model';
import { PlanRoute } from '@causeway/people';
import { ContactStandingStore, ContactStore, type AuthenticatedDevice } from '@causeway/storage';
import type { z } from 'zod';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';
import { EdgeDeskClient } from './edge-desk-client.js';
import { refuseAsEdge } from './refuse-as-edge.js';

@ApiTags('Routes and contacts')
@UseGuards(DeviceTokenGuard)
@Controller('v1')
export class RoutesController {
  constructor(
    private readonly planRoute: PlanRoute,
    private readonly edge: EdgeDeskClient,
    private readonly contacts: ContactStore,
    private readonly standings: ContactStandingStore,
  ) {}

  @Post('routes')
  @HttpCode(200)
  @Documented({
    summary: 'The route a message would take now',
    description: 'Seal for this plan and name its digest. Without consent the answer is the same whoever is asked for.',
    status: 200,
    answer: planSchema,
    problems: ['not-found', 'region-not-permitted', 'unavailable'],
  })
  async plan(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: planRouteSchema }) request: z.output<typeof planRouteSchema>,
  ) {
    return this.planRoute.execute(caller, request);
  }

  @Post('routes/explain')
  @HttpCode(200)
  @Documented({
    summary: 'Why a message would take its route',
    description:
      'Before a grant only what the own side implies, the same whoever is asked about; after it each way with its outcome. A rule of the other person is “their choice”; a block shows in neither.',
    status: 200,
    answer: explainedRouteSchema,
    problems: ['not-found', 'unavailable'],
  })
  async explain(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: planRouteSchema }) request: z.output<typeof planRouteSchema>,
  ) {
    return this.planRoute.explain(caller, request);
  }

  @Post('contacts')
  @Documented({
    summary: 'Exchange a number, sealed to the edge, for a contact id',
    description:
      'The gateway cannot read the number. The same number gives the same contact. At most 50 new contacts a day. `native` names whoever linked the number and may be found by this account; all other answers are alike.',
    status: 201,
    answer: contactSchema,
    problems: ['edge-key-stale', 'invalid-address', 'rate-limited', 'no-bridge-number', 'unavailable'],
  })
  async resolve(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: sealAddressSchema }) request: z.output<typeof sealAddressSchema>,
  ) {
    const { tenant, account, device } = caller;
    const sealedAddress = toBase64Url(request.sealedAddress);
    const answer = await this.edge.resolveContact({ tenant, account, device, keyId: request.keyId, sealedAddress });
    if (answer.kind === 'contact') {
      const { contact, conversation, country, lineType, native } = answer;
      return { contact, conversation, country, lineType, native };
    }
    throw await refuseAsEdge(this.edge, answer.code);
  }

  @Delete('contacts/:id')
  @HttpCode(204)
  @Documented({
    summary: 'Remove a contact with its number; the conversation with it ends',
    status: 204,
    problems: ['not-found'],
  })
  async remove(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: contactIdField }) contact: ContactId,
  ): Promise<void> {
    if (!(await this.contacts.removeOwn(caller, contact))) throw new CausewayError('not-found');
  }

  @Delete('contacts/:id/encryption')
  @HttpCode(204)
  @Documented({
    summary: 'Let a conversation that was end-to-end encrypted on its network go on in the clear',
    description:
      'Such a conversation has no fallback and stays with its network, also after the other phone lost encryption: only its owner ends that. A network that still encrypts it marks it again.',
    status: 204,
    problems: ['not-found'],
  })
  async allowUnencrypted(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: contactIdField }) contact: ContactId,
  ): Promise<void> {
    if (!(await this.contacts.summary(caller, contact))) throw new CausewayError('not-found', { pointer: '/id' });
    await this.standings.clearEncrypted(caller.tenant, contact);
  }
}
