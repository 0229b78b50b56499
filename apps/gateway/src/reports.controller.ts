import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { reportedSchema, reportSchema, type Reported, type ReportRequest } from '@causeway/api-contract';
import { TakeReport } from '@causeway/people';
import type { AuthenticatedDevice } from '@causeway/storage';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';

@ApiTags('Reports')
@UseGuards(DeviceTokenGuard)
@Controller('v1/reports')
export class ReportsController {
  constructor(private readonly takeReport: TakeReport) {}

  @Post()
  @HttpCode(201)
  @Documented({
    summary: 'Report a message that came, and block its sender if wanted',
    description:
      'Token and message id come with the message, as `report` of its inbox item, and prove that it was carried from this sender to this account. With `words` the report proves these words too; they are compared and not kept. A message can be reported once, for seven days after it was sent.',
    status: 201,
    answer: reportedSchema,
    problems: ['report-not-genuine', 'report-expired', 'already-reported', 'malformed-content'],
  })
  async report(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: reportSchema }) request: ReportRequest,
  ): Promise<Reported> {
    return this.takeReport.execute(caller, request);
  }
}
