import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  aliasIdField,
  aliasListSchema,
  madeAliasSchema,
  makeAliasSchema,
  type MakeAliasRequest,
} from '@causeway/api-contract';
import { CausewayError, type AliasId } from '@causeway/message-model';
import { HandOutAlias } from '@causeway/people';
import { AliasStore, type AliasRow, type AuthenticatedDevice } from '@causeway/storage';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';
import { EdgeDeskClient } from './edge-desk-client.js';

@ApiTags('Aliases')
@UseGuards(DeviceTokenGuard)
@Controller('v1/aliases')
export class AliasesController {
  constructor(
    private readonly handOut: HandOutAlias,
    private readonly aliases: AliasStore,
    private readonly edge: EdgeDeskClient,
  ) {}

  @Post()
  @Documented({
    summary: 'Make an address to hand out in place of your own',
    description:
      'Whoever texts the code to one of the numbers of `textTo` may write to you: you see a contact, never a number; they see that number, never your handle.',
    status: 201,
    answer: madeAliasSchema,
    problems: ['too-many-links', 'unavailable'],
  })
  async make(@Caller() caller: AuthenticatedDevice, @Body({ schema: makeAliasSchema }) request: MakeAliasRequest) {
    const { bridgeNumbers } = await this.edge.describe();
    return { ...described(await this.handOut.execute(caller, request)), textTo: bridgeNumbers };
  }

  @Get()
  @Documented({
    summary: 'Aliases in use, with the conversations that came through each',
    status: 200,
    answer: aliasListSchema,
    problems: ['unavailable'],
  })
  async list(@Caller() caller: AuthenticatedDevice) {
    const { bridgeNumbers } = await this.edge.describe();
    return { aliases: (await this.aliases.list(caller)).map(described), textTo: bridgeNumbers };
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({
    summary: 'Revoke an alias: its door shuts at once, and its conversations go with all that joins the two sides',
    status: 204,
    problems: ['not-found'],
  })
  async revoke(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: aliasIdField }) alias: AliasId,
  ): Promise<void> {
    if (!(await this.aliases.revoke(caller, alias))) throw new CausewayError('not-found');
  }
}

const described = (row: AliasRow) => ({
  alias: row.alias,
  code: row.code,
  kind: row.kind,
  createdAt: row.createdAt.toISOString(),
  ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt.toISOString() }),
  conversations: row.conversations,
});
