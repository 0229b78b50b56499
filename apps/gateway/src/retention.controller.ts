import { Body, Controller, Get, HttpCode, Put, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  askPolicySchema,
  askTenantPolicySchema,
  conversationIdField,
  ledgerPageSchema,
  policiesSchema,
  type AskPolicy,
  type AskTenantPolicy,
} from '@causeway/api-contract';
import type { AuthenticatedDevice } from '@causeway/storage';
import { z } from 'zod';
import { Caller, DeviceTokenGuard, OperatorGuard } from './caller.js';
import { Documented } from './documented.js';
import { LedgerDoor } from './ledger-door.js';
import { PolicyDesk } from './policy-desk.js';

const whichSchema = z.object({ conversation: conversationIdField.optional() });
const ledgerQuerySchema = z.object({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

@ApiTags('Retention')
@UseGuards(DeviceTokenGuard)
@Controller('v1/retention/policies')
export class RetentionPoliciesController {
  constructor(private readonly desk: PolicyDesk) {}

  @Get()
  @Documented({
    summary: 'How long everything is kept, for this account or one of its conversations, and who decided',
    description:
      'The strictest of what tenant, account, conversation and message ask for holds. Example: `?conversation=r_...`.',
    status: 200,
    answer: policiesSchema,
    problems: ['not-found'],
  })
  async policies(
    @Caller() caller: AuthenticatedDevice,
    @Query({ schema: whichSchema }) which: z.output<typeof whichSchema>,
  ) {
    return this.desk.of(caller, which.conversation);
  }

  @Put()
  @HttpCode(200)
  @Documented({
    summary: 'Ask that something be kept for less long, for this account or one of its conversations',
    description:
      'Either side of a conversation may ask; the strictest holds for both. `{"class": "history", "keepSeconds": 2592000, "conversation": "r_..."}` lets a conversation live a month.',
    status: 200,
    answer: policiesSchema,
    problems: ['not-found'],
  })
  async ask(@Caller() caller: AuthenticatedDevice, @Body({ schema: askPolicySchema }) wish: AskPolicy) {
    return this.desk.ask(caller, wish);
  }
}

@ApiTags('Operator')
@UseGuards(OperatorGuard)
@Controller('v1/operator/retention/policies')
export class TenantPoliciesController {
  constructor(private readonly desk: PolicyDesk) {}

  @Get()
  @Documented({ summary: 'How long everything is kept in this tenant', status: 200, answer: policiesSchema })
  async policies() {
    return this.desk.ofTenant();
  }

  @Put()
  @HttpCode(200)
  @Documented({
    summary: 'Change how long something is kept in this tenant, within the bounds of the table',
    description: 'With the operator token. `{"class": "undelivered-envelope", "keepSeconds": 259200}`: three days.',
    status: 200,
    answer: policiesSchema,
  })
  async ask(@Body({ schema: askTenantPolicySchema }) wish: AskTenantPolicy) {
    return this.desk.askForTenant(wish);
  }
}

@ApiTags('Retention')
@Controller('v1/retention/ledger')
export class LedgerController {
  constructor(private readonly door: LedgerDoor) {}

  @Get()
  @Documented({
    summary: 'What was purged: the signed ledger, oldest first',
    description:
      'For anybody: it names no message, person or number. `rows` of a partition are an estimate of PostgreSQL’s (`rowsAre`); bytes and times are exact. Each `entry` is hashed with the hash of the one before in it; `causeway retention verify` checks it with the public key and a head seen earlier.',
    status: 200,
    answer: ledgerPageSchema,
    isPublic: true,
  })
  async page(@Query({ schema: ledgerQuerySchema }) query: z.output<typeof ledgerQuerySchema>) {
    return this.door.page(query);
  }
}
