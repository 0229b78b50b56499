import { Controller, Delete, Get, HttpCode, Param, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CallLog } from '../control/call-log.js';
import { AccountGuard } from './account.guard.js';
import { MediaStore, type MediaFile } from './media-store.js';
import { TwilioError } from './twilio-error.js';

const rfc2822 = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');

/** The Media subresource of a message: its list, its files, and their deletion. */
@Controller('2010-04-01/Accounts/:accountSid/Messages/:messageSid')
@UseGuards(AccountGuard)
export class MediaController {
  constructor(
    private readonly media: MediaStore,
    private readonly log: CallLog,
  ) {}

  @Get('Media.json')
  list(@Param('accountSid') accountSid: string, @Param('messageSid') messageSid: string) {
    const files = this.media.of(messageSid);
    const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media.json?PageSize=50&Page=0`;
    this.log.append({ call: 'list-media', status: 200, sid: messageSid });
    return {
      first_page_uri: uri,
      uri,
      next_page_uri: null,
      previous_page_uri: null,
      start: 0,
      end: Math.max(files.length - 1, 0),
      page: 0,
      page_size: 50,
      media_list: files.map((file) => render(accountSid, messageSid, file)),
    };
  }

  /** With `.json` the resource, without it the way to the file, as at Twilio. */
  @Get('Media/:file')
  async fetch(
    @Param('accountSid') accountSid: string,
    @Param('messageSid') messageSid: string,
    @Param('file') name: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = this.find(messageSid, name);
    this.log.append({ call: 'fetch-media', status: 200, sid: file.sid });
    if (name.endsWith('.json')) await reply.send(render(accountSid, messageSid, file));
    else await reply.code(307).header('location', `/media-files/${file.sid}`).send();
  }

  @Delete('Media/:file')
  @HttpCode(204)
  remove(@Param('messageSid') messageSid: string, @Param('file') name: string): void {
    const { sid } = this.find(messageSid, name);
    this.media.remove(messageSid, sid);
    this.log.append({ call: 'delete-media', status: 204, sid });
  }

  private find(messageSid: string, name: string): MediaFile {
    const file = this.media.find(messageSid, name.replace(/\.json$/, ''));
    if (!file) throw TwilioError.of(20404);
    return file;
  }
}

/** Where the API sends those who may read a file. */
@Controller('media-files')
export class MediaFilesController {
  constructor(private readonly media: MediaStore) {}

  @Get(':sid')
  async content(@Param('sid') sid: string, @Res() reply: FastifyReply): Promise<void> {
    const file = this.media.bySid(sid);
    if (!file) throw TwilioError.of(20404);
    await reply.header('content-type', file.contentType).send(file.content);
  }
}

const render = (accountSid: string, messageSid: string, file: MediaFile) => ({
  sid: file.sid,
  account_sid: accountSid,
  parent_sid: messageSid,
  content_type: file.contentType,
  date_created: rfc2822(file.createdAtMs),
  date_updated: rfc2822(file.createdAtMs),
  uri: `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${file.sid}.json`,
});
