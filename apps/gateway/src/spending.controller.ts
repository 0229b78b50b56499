import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { spendingSchema } from '@causeway/api-contract';
import type { ChargeTenant } from '@causeway/message-flow';
import type { TenantId } from '@causeway/message-model';
import { OperatorGuard } from './caller.js';
import { Documented } from './documented.js';

/** What the tenant of this gateway spends. */
export class SpendingDesk {
  constructor(
    private readonly charge: ChargeTenant,
    private readonly tenant: TenantId,
  ) {}

  async days() {
    return [...(await this.charge.shown(this.tenant))];
  }
}

@ApiTags('Operator')
@UseGuards(OperatorGuard)
@Controller('v1/operator/spending')
export class SpendingController {
  constructor(private readonly desk: SpendingDesk) {}

  @Get()
  @Documented({
    summary: 'Messages to telephones today and yesterday, by country, and how many there may be',
    status: 200,
    answer: spendingSchema,
  })
  async shown() {
    return { days: await this.desk.days() };
  }
}
