import { Controller, Delete, HttpCode, Param, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { boxIdField } from '@causeway/api-contract';
import { RevokeStatement } from '@causeway/people';
import type { AuthenticatedDevice } from '@causeway/storage';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';

@ApiTags('Messages')
@UseGuards(DeviceTokenGuard)
@Controller('v1/statements')
export class StatementsController {
  constructor(private readonly revoke: RevokeStatement) {}

  @Delete(':id')
  @HttpCode(204)
  @Documented({
    summary: 'Take back a permission to go in the clear',
    description:
      'Messages under it whose attempt has not begun go back to waiting. Permissions live on the devices that signed them, so that the answer is the same for an id that is none.',
    status: 204,
    problems: ['rate-limited'],
  })
  async takeBack(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: boxIdField }) id: string,
  ): Promise<void> {
    await this.revoke.execute(caller, id);
  }
}
