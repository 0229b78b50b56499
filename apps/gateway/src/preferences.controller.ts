import { Body, Controller, Get, HttpCode, Put, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { changePeerPreferencesSchema, changePreferencesSchema, preferencesSchema } from '@causeway/api-contract';
import { DecidePreferences } from '@causeway/people';
import type { AuthenticatedDevice } from '@causeway/storage';
import type { z } from 'zod';
import { Caller, DeviceTokenGuard } from './caller.js';
import { Documented } from './documented.js';

@ApiTags('Preferences')
@UseGuards(DeviceTokenGuard)
@Controller('v1/preferences')
export class PreferencesController {
  constructor(private readonly preferences: DecidePreferences) {}

  @Get()
  @Documented({
    summary: 'What this account decided about routes: for everybody, and for single people',
    status: 200,
    answer: preferencesSchema,
  })
  async all(@Caller() caller: AuthenticatedDevice) {
    return this.preferences.all(caller);
  }

  @Put()
  @HttpCode(200)
  @Documented({
    summary: 'Change it for everybody; parts that are left out stay',
    description:
      'A clear network carries nothing for an account before it is in `networksOn`. `notOver` closes a network for every conversation the account is in. `order` is how it wants to be reached, strongest confidentiality first when it says nothing.',
    status: 200,
    answer: preferencesSchema,
    problems: ['rate-limited'],
  })
  async change(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: changePreferencesSchema }) change: z.output<typeof changePreferencesSchema>,
  ) {
    return this.preferences.change(caller, '', change);
  }

  @Put('peer')
  @HttpCode(200)
  @Documented({
    summary: 'Change it towards one other person; the answer is the same whether they exist or not',
    description:
      '`order` here goes before the one for everybody. `removed` are ways that this account, as a sender, does not take; it can take none that the other did not open. A floor of `sealed` closes every clear network of the conversation.',
    status: 200,
    answer: preferencesSchema,
    problems: ['rate-limited'],
  })
  async changeForPeer(
    @Caller() caller: AuthenticatedDevice,
    @Body({ schema: changePeerPreferencesSchema }) body: z.output<typeof changePeerPreferencesSchema>,
  ) {
    if ('contact' in body) {
      const { contact, ...change } = body;
      return this.preferences.change(caller, contact, change);
    }
    const { peer, ...change } = body;
    return this.preferences.change(caller, peer.uri, change);
  }
}
