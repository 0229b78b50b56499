import { Controller, Get, Head, Param, Res } from '@nestjs/common';
import { CausewayError } from '@causeway/message-model';
import type { FastifyReply } from 'fastify';
import { MediaLinks } from './media-links.js';

/** Nothing on the way may keep a file, and nobody may see where it was linked from. */
const HEADERS = {
  'cache-control': 'no-store, private',
  'content-disposition': 'attachment',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The door at which carriers fetch the file of a message, once. */
@Controller('media')
export class MediaController {
  constructor(private readonly links: MediaLinks) {}

  @Head(':token')
  async describe(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const file = this.links.describe(token);
    if (!file) throw new CausewayError('not-found');
    const sizes = { 'content-type': file.contentType, 'content-length': String(file.sizeBytes) };
    await reply.headers({ ...HEADERS, ...sizes }).send();
  }

  @Get(':token')
  async open(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    const file = this.links.open(token);
    if (!file) throw new CausewayError('not-found');
    await reply.headers({ ...HEADERS, 'content-type': file.contentType }).send(Buffer.from(file.content));
  }
}
