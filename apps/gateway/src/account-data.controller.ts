import { Body, Controller, Delete, Get, HttpCode, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  accountErasedSchema,
  accountExportSchema,
  eraseAccountSchema,
  type EraseAccountRequest,
} from '@causeway/api-contract';
import { EraseAccount, ExportAccount } from '@causeway/people';
import type { AuthenticatedDevice } from '@causeway/storage';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';

/** A person's own data: to take along, and to have erased. */
@ApiTags('Accounts and devices')
@UseGuards(DeviceTokenGuard)
@Controller('v1/account')
export class AccountDataController {
  constructor(
    private readonly exportAccount: ExportAccount,
    private readonly eraseAccount: EraseAccount,
  ) {}

  @Get('export')
  @Documented({
    summary: 'Everything that is stored of the own account',
    description:
      'Every table by one list, and what would remain after an erasure. Words are not in it: the gateway cannot read them, the devices have them.',
    status: 200,
    answer: accountExportSchema,
  })
  async read(@Caller() caller: AuthenticatedDevice) {
    return this.exportAccount.execute(caller);
  }

  @Delete()
  @HttpCode(200)
  @Documented({
    summary: 'Erase the own account from every store',
    description:
      'Takes `["causeway-erase-account-v1", tenant, account, signed at]` as deterministic CBOR, signed with the account key, which only the primary device has. Answers what went and what remains, why and until when. The token is void afterwards.',
    status: 200,
    answer: accountErasedSchema,
    problems: ['invalid-signature'],
  })
  async erase(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: eraseAccountSchema }) { erasure }: EraseAccountRequest,
  ) {
    return this.eraseAccount.execute(caller, erasure);
  }
}
