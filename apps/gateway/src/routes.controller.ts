import { Body, Controller, Delete, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  contactIdField,
  contactSchema,
  planRouteSchema,
  planSchema,
  sealAddressSchema,
  type Target,
} from '@causeway/api-contract';
import { CausewayError, toBase64Url, type ContactId } from '@causeway/message-model';
import { PlanRoute } from '@causeway/people';
import { ContactStore, type AuthenticatedDevice } from '@causeway/storage';
import type { z } from 'zod';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';
import { EdgeDeskClient } from './edge-desk-client.js';

@ApiTags('Routes and contacts')
@UseGuards(DeviceTokenGuard)
@Controller('v1')
export class RoutesController {
  constructor(
    private readonly planRoute: PlanRoute,
    private readonly edge: EdgeDeskClient,
    private readonly contacts: ContactStore,
  ) {}

  @Post('routes')
  @HttpCode(200)
  @Documented({
    summary: 'The route a message would take now',
    description: 'Seal for this plan and name its digest. Without consent the answer is the same whoever is asked for.',
    status: 200,
    answer: planSchema,
    problems: ['not-found', 'unavailable'],
  })
  async plan(@Caller() caller: AuthenticatedDevice, @Body({ schema: planRouteSchema }) { to }: { to: Target }) {
    return this.planRoute.execute(caller, to);
  }

  @Post('contacts')
  @Documented({
    summary: 'Exchange a number, sealed to the edge, for a contact id',
    description:
      'The gateway cannot read the number. The same number gives the same contact. At most 50 new contacts a day.',
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
      const { contact, conversation, country, lineType } = answer;
      return { contact, conversation, country, lineType };
    }
    if (answer.code !== 'edge-key-stale') throw new CausewayError(answer.code, { pointer: '/sealedAddress' });
    const { bundle } = await this.edge.describeFresh();
    throw new CausewayError('edge-key-stale', { pointer: '/keyId', extensions: { edge: bundle } });
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
    await this.contacts.clearEncrypted(caller.tenant, contact);
  }
}
