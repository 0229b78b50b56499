import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { FaultScript } from '../control/fault-script.js';
import { Handsets } from './handsets.js';
import { SmsCarrier } from './sms-carrier.js';

const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be E.164 with the plus sign');
const WRITTEN = z.strictObject({ to: E164, body: z.string().min(1).max(1_600) });
const STATE = z.strictObject({ online: z.boolean() });

/** The phones of this pretend country: what they show, and what a person does with them. */
@Controller('handsets')
export class HandsetsController {
  constructor(
    private readonly handsets: Handsets,
    private readonly carrier: SmsCarrier,
    private readonly faults: FaultScript,
  ) {}

  @Get()
  all() {
    return { simulated: true, handsets: this.handsets.all() };
  }

  @Get(':e164/messages')
  messages(@Param('e164', { schema: E164 }) e164: string) {
    return {
      simulated: true,
      e164,
      isOnline: this.handsets.isOnline(e164),
      messages: this.handsets.messages(e164),
    };
  }

  @Post(':e164/messages')
  write(@Param('e164', { schema: E164 }) e164: string, @Body({ schema: WRITTEN }) written: z.infer<typeof WRITTEN>) {
    const message = this.carrier.write(e164, written.to, written.body, this.faults.take('inbound'));
    return { simulated: true, sid: message.sid };
  }

  @Post(':e164/state')
  @HttpCode(200)
  state(@Param('e164', { schema: E164 }) e164: string, @Body({ schema: STATE }) state: z.infer<typeof STATE>) {
    this.handsets.setOnline(e164, state.online);
    return { simulated: true, e164, isOnline: state.online };
  }
}
