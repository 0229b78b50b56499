import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { BearerGuard } from './bearer.guard.js';
import { RcsCalls } from './rcs-calls.js';
import { RcsError } from './rcs-error.js';
import { RcsFiles } from './rcs-files.js';
import { RcsNetwork } from './rcs-network.js';
import { RcsPhones } from './rcs-phones.js';

/** What every phone of this network can do; a network of real phones would say it of each. */
export const RCS_FEATURES = [
  'REVOCATION',
  'RICHCARD_STANDALONE',
  'RICHCARD_CAROUSEL',
  'ACTION_DIAL',
  'ACTION_OPEN_URL',
  'ACTION_SHARE_LOCATION',
  'ACTION_VIEW_LOCATION',
  'PDF_IN_RICH_CARDS',
] as const;

/** How long an answer may be kept by whoever asked, seconds. */
const MAX_AGE_SECONDS = 300;

const USERS = z.strictObject({
  users: z
    .array(z.string().regex(/^\+[1-9]\d{6,14}$/))
    .min(1)
    .max(10_000),
});
const BY_URL = z.strictObject({ fileUrl: z.url({ protocol: /^https?$/ }) });

type Query = Readonly<Record<string, string | undefined>>;

/** Who can be reached by RCS, and the files agents send. */
@Controller('rcs')
@UseGuards(BearerGuard)
export class CapabilitiesController {
  constructor(
    private readonly calls: RcsCalls,
    private readonly network: RcsNetwork,
    private readonly phones: RcsPhones,
    private readonly files: RcsFiles,
  ) {}

  @Get('v1/phones/:e164/capabilities')
  one(@Param('e164') e164: string, @Query() query: Query, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.calls.answer({ operation: 'capabilities', event: 'call-capabilities', reply }, () => {
      const { agentId } = this.network.agent(query['agentId']);
      if (!query['requestId']) throw RcsError.of('INVALID_ARGUMENT', 'requestId is missing.');
      if (!this.phones.hasRcs(e164)) throw RcsError.of('NOT_FOUND', 'Not reachable.', 'NOT_REACHABLE_BY_RCS');
      const isEncrypted = this.phones.encryptionOf(e164, agentId) === 'mls';
      reply.header('cache-control', `private, max-age=${MAX_AGE_SECONDS}`);
      return {
        features: RCS_FEATURES,
        encryption: isEncrypted ? 'MLS' : 'NONE',
        smsFallback: isEncrypted ? 'FORBIDDEN' : 'ALLOWED',
        simulated: true,
      };
    });
  }

  /** The colon of `users:batchGet` is no parameter of a route. RBM adds a random sample to its answer; this one counts all it was asked. */
  @Post('v1/:method')
  @HttpCode(200)
  many(@Param('method') method: string, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply) {
    if (method === 'files') return this.upload(body, reply);
    return this.calls.answer({ operation: 'capabilities', event: 'call-capabilities', reply }, () => {
      const read = USERS.safeParse(body);
      if (method !== 'users:batchGet') throw RcsError.of('NOT_FOUND', 'There is no such method.');
      if (!read.success) throw RcsError.of('INVALID_ARGUMENT', 'users must be phone numbers.');
      const { users } = read.data;
      const reachableUsers = users.filter((e164) => this.phones.hasRcs(e164));
      return {
        reachableUsers,
        totalRandomSampleUserCount: users.length,
        reachableRandomSampleUserCount: reachableUsers.length,
        simulated: true,
      };
    });
  }

  /** The body is the file. */
  @Post('upload/v1/files')
  @HttpCode(200)
  uploadBytes(@Req() request: FastifyRequest, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.calls.answer({ operation: 'upload', event: 'call-upload', reply }, () => {
      if (!Buffer.isBuffer(body)) throw RcsError.of('INVALID_ARGUMENT', 'The body must be a file.');
      const { name } = this.files.add(request.headers['content-type'] ?? 'application/octet-stream', body);
      return { name, simulated: true };
    });
  }

  private async upload(body: unknown, reply: FastifyReply) {
    const read = BY_URL.safeParse(body);
    if (read.success) await this.files.fetchOnce(read.data.fileUrl);
    return this.calls.answer({ operation: 'upload', event: 'call-upload', reply }, () => {
      const name = read.success ? this.files.nameOf(read.data.fileUrl) : undefined;
      if (name === undefined) throw RcsError.of('INVALID_ARGUMENT', 'The file could not be fetched.');
      return { name, simulated: true };
    });
  }
}
