import { Body, Controller, Get, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { acknowledgeSchema, inboxPageSchema, limitField } from '@causeway/api-contract';
import { Acknowledge } from '@causeway/message-flow';
import type { AuthenticatedDevice } from '@causeway/storage';
import { z } from 'zod';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';
import { LedgerDoor } from './ledger-door.js';
import { inboxItem, ReadInbox } from './read-inbox.js';

const pollSchema = z.object({ limit: limitField });

@ApiTags('Inbox')
@UseGuards(DeviceTokenGuard)
@Controller('v1/inbox')
export class InboxController {
  constructor(
    private readonly readInbox: ReadInbox,
    private readonly acknowledge: Acknowledge,
    private readonly ledger: LedgerDoor,
  ) {}

  @Get()
  @Documented({
    summary: 'What lies ready for this device, oldest first',
    description:
      'The same items come again until they are acknowledged. `GET /v1/socket` (WebSocket) pushes them instead.',
    status: 200,
    answer: inboxPageSchema,
  })
  async poll(
    @Caller() caller: AuthenticatedDevice,
    @Query({ schema: pollSchema }) { limit }: z.output<typeof pollSchema>,
  ) {
    const [rows, ledger] = await Promise.all([
      this.readInbox.execute(caller, { underWay: [], limit }),
      this.ledger.head(),
    ]);
    return { items: rows.map(inboxItem), hasMore: rows.length === limit, ...(ledger && { ledger }) };
  }

  @Post('acknowledgements')
  @HttpCode(204)
  @Documented({ summary: 'Acknowledge items the device has stored for good; they are deleted', status: 204 })
  async done(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: acknowledgeSchema }) { ids }: z.output<typeof acknowledgeSchema>,
  ): Promise<void> {
    await this.acknowledge.execute(caller, ids);
  }
}
