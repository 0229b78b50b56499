import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { FaultScript } from '../control/fault-script.js';
import { MediaStore } from './media-store.js';
import { SmsCarrier } from './sms-carrier.js';
import { TwilioError } from './twilio-error.js';
import { inboundForm } from './webhook-forms.js';

const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be E.164 with the plus sign');
const SENT = z.strictObject({
  to: E164,
  body: z.string().max(1_600).default(''),
  contentType: z.string().max(100),
  /** The file, base64. */
  content: z.base64().max(160_000),
});

/** What handsets do with files: they send one, and show those they received. */
@Controller('handsets')
export class HandsetMediaController {
  constructor(
    private readonly carrier: SmsCarrier,
    private readonly media: MediaStore,
    private readonly faults: FaultScript,
  ) {}

  @Post(':e164/media')
  send(
    @Param('e164', { schema: E164 }) from: string,
    @Body({ schema: SENT }) { to, body, contentType, content }: z.infer<typeof SENT>,
  ) {
    const message = this.carrier.keepInbound({ from, to, body, media: [contentType] });
    const file = this.media.add(message.sid, { contentType, content: Buffer.from(content, 'base64') });
    const path = `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}/Media/${file.sid}`;
    const files = { MediaContentType0: contentType, MediaUrl0: `https://api.twilio.com${path}` };
    this.carrier.announce({ ...inboundForm(message), ...files, NumMedia: '1' }, this.faults.take('inbound'));
    return { simulated: true, sid: message.sid };
  }

  @Get('media/:messageSid/:place')
  async show(
    @Param('messageSid') messageSid: string,
    @Param('place') place: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = this.media.of(messageSid)[Number(place)];
    if (!file) throw TwilioError.of(20404);
    await reply.header('content-type', file.contentType).send(file.content);
  }
}
