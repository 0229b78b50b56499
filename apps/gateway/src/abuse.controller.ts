import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  abuseDecisionSchema,
  abuseDecisionsSchema,
  appealSchema,
  reviewedDecisionSchema,
  reviewQueueSchema,
  transitIdField,
  verdictSchema,
} from '@causeway/api-contract';
import { ReviewDecisions } from '@causeway/message-flow';
import type { TransitId } from '@causeway/message-model';
import type { AuthenticatedDevice } from '@causeway/storage';
import type { z } from 'zod';
import { Caller, DeviceTokenGuard, OperatorGuard } from './caller.js';
import { Documented } from './documented.js';

/** Why one was slowed down or stopped, and what can be said against it. */
@ApiTags('Abuse')
@UseGuards(DeviceTokenGuard)
@Controller('v1/abuse/decisions')
export class AbuseController {
  constructor(private readonly decisions: ReviewDecisions) {}

  @Get()
  @Documented({
    summary: 'What was decided about this account, the latest first',
    description: 'Of the last 30 days: numbers about its conduct, never whom it wrote to.',
    status: 200,
    answer: abuseDecisionsSchema,
  })
  async list(@Caller() caller: AuthenticatedDevice) {
    return { decisions: await this.decisions.list(caller) };
  }

  @Get(':id')
  @Documented({
    summary: 'One decision, as `abnormal-usage-detected` named it',
    status: 200,
    answer: abuseDecisionSchema,
    problems: ['not-found'],
  })
  async find(@Caller() caller: AuthenticatedDevice, @Param('id', { schema: transitIdField }) id: TransitId) {
    return this.decisions.find(caller, id);
  }

  @Post(':id/appeal')
  @HttpCode(200)
  @Documented({
    summary: 'Ask for a person to look at a decision',
    description: 'Once per decision. They see what the decision shows.',
    status: 200,
    answer: abuseDecisionSchema,
    problems: ['not-found'],
  })
  async appeal(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: transitIdField }) id: TransitId,
    @Body({ schema: appealSchema }) { grounds }: z.output<typeof appealSchema>,
  ) {
    return this.decisions.appeal(caller, id, grounds);
  }
}

@ApiTags('Operator')
@UseGuards(OperatorGuard)
@Controller('v1/operator/abuse/decisions')
export class AbuseReviewController {
  constructor(private readonly decisions: ReviewDecisions) {}

  @Get()
  @Documented({
    summary: 'Decisions that wait for a person: appeals and requests first, then those of level 3 and 4',
    description: 'Metadata only: whose it is and what counted.',
    status: 200,
    answer: reviewQueueSchema,
  })
  async queue() {
    return { decisions: await this.decisions.queue() };
  }

  @Post(':id')
  @HttpCode(200)
  @Documented({
    summary: 'Approve, lift or uphold a decision',
    description:
      'Lifted, it ends at once, and nothing up to its level stops the account for a week. Approved, which is for level 2, it ends for a day. The same verdict again changes nothing.',
    status: 200,
    answer: reviewedDecisionSchema,
    problems: ['not-found', 'unavailable'],
  })
  async review(
    @Param('id', { schema: transitIdField }) id: TransitId,
    @Body({ schema: verdictSchema }) { verdict }: z.output<typeof verdictSchema>,
  ) {
    return this.decisions.review(id, verdict);
  }
}
