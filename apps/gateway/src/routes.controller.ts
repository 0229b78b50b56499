import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  contactSchema,
  explainedRouteSchema,
  planRouteSchema,
  planSchema,
  sealAddressSchema,
} from '@causeway/api-contract';
import { CausewayError, toBase64Url } from '@causeway/message-model';
import { PlanRoute } from '@causeway/people';
import type { AuthenticatedDevice } from '@causeway/storage';
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
}
