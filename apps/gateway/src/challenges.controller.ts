import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  abuseDecisionSchema,
  challengeAnswerSchema,
  challengeOffersSchema,
  issuerDirectorySchema,
  makeVouchersSchema,
  transitIdField,
  vouchersSchema,
} from '@causeway/api-contract';
import { PassChallenge, type IssueTokens } from '@causeway/message-flow';
import { CausewayError, type TransitId } from '@causeway/message-model';
import {
  ISSUER_DIRECTORY_MEDIA_TYPE,
  issuerDirectory,
  TOKEN_RESPONSE_MEDIA_TYPE,
  type TokenKey,
} from '@causeway/privacy-pass';
import type { AuthenticatedDevice } from '@causeway/storage';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { bearerToken, Caller, DeviceTokenGuard, OperatorGuard } from './caller.js';
import { Documented } from './documented.js';

/** Path under which this gateway signs what is blinded. */
export const TOKEN_REQUEST_PATH = '/v1/tokens';

/** How messages that a decision holds are let go by whoever passes a challenge. */
@ApiTags('Abuse')
@UseGuards(DeviceTokenGuard)
@Controller('v1/abuse/decisions/:id/challenges')
export class ChallengesController {
  constructor(private readonly passing: PassChallenge) {}

  @Get()
  @Documented({
    summary: 'Ways in which a decision lets go what it holds',
    description: 'The same as the refusal offered. None for a decision that holds nothing.',
    status: 200,
    answer: challengeOffersSchema,
    problems: ['not-found'],
  })
  async offers(@Caller() caller: AuthenticatedDevice, @Param('id', { schema: transitIdField }) id: TransitId) {
    return { challenges: await this.passing.offers(caller, id) };
  }

  @Post()
  @HttpCode(200)
  @Documented({
    summary: 'Answer a challenge',
    description:
      'With a token, which is taken once, the decision is `passed` at once; without, an operator is `asked`. Passed, messages to new people go, one person every 30 seconds, for a day.',
    status: 200,
    answer: abuseDecisionSchema,
    problems: ['not-found', 'token-refused', 'token-spent', 'unavailable'],
  })
  async answer(
    @Caller() caller: AuthenticatedDevice,
    @Param('id', { schema: transitIdField }) id: TransitId,
    @Body({ schema: challengeAnswerSchema }) answer: z.output<typeof challengeAnswerSchema>,
  ) {
    return this.passing.execute(caller, id, answer);
  }
}

/** The issuer of this gateway; `issue` is undefined while another host issues the tokens. */
export class IssuerDesk {
  constructor(
    private readonly key: TokenKey,
    private readonly issue: IssueTokens | undefined,
  ) {}

  /** Throws `not-found` where others issue. */
  get issuing(): IssueTokens {
    if (!this.issue) throw new CausewayError('not-found');
    return this.issue;
  }

  get directory() {
    if (!this.issue) throw new CausewayError('not-found');
    return issuerDirectory(TOKEN_REQUEST_PATH, this.key);
  }
}

@ApiTags('Abuse')
@Controller()
export class TokenIssuerController {
  constructor(private readonly desk: IssuerDesk) {}

  @Get('.well-known/private-token-issuer-directory')
  @Documented({
    summary: 'The key of this gateway as an issuer of tokens (RFC 9578)',
    description: 'Not there while the settings name another issuer.',
    status: 200,
    answer: issuerDirectorySchema,
    problems: ['not-found'],
    isPublic: true,
  })
  async directory(@Res() reply: FastifyReply): Promise<void> {
    // as bytes: Fastify writes no JSON under a media type that does not say so
    const document = Buffer.from(JSON.stringify(this.desk.directory));
    await reply.header('content-type', ISSUER_DIRECTORY_MEDIA_TYPE).send(document);
  }

  @Post(TOKEN_REQUEST_PATH.slice(1))
  @HttpCode(200)
  @Documented({
    summary: 'Exchange a voucher for a blind signature (RFC 9578, section 6)',
    description:
      'Body and answer are `application/private-token-request` and `-response`, as bytes. The bearer token is the voucher; no device is asked for.',
    status: 200,
    problems: ['not-found', 'token-refused', 'unsupported-media-type'],
  })
  async issue(
    @Headers('authorization') authorization: string | undefined,
    @Body() request: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { issuing } = this.desk;
    const voucher = bearerToken(authorization);
    if (voucher === undefined) throw new CausewayError('unauthorized');
    if (!Buffer.isBuffer(request)) throw new CausewayError('unsupported-media-type');
    const signed = await issuing.execute(voucher, request);
    await reply.header('content-type', TOKEN_RESPONSE_MEDIA_TYPE).send(Buffer.from(signed));
  }
}

@ApiTags('Operator')
@UseGuards(OperatorGuard)
@Controller('v1/operator/vouchers')
export class VouchersController {
  constructor(private readonly desk: IssuerDesk) {}

  @Post()
  @Documented({
    summary: 'Make vouchers, each good for one token',
    description: 'For people who have shown to the operator that they are people. Only digests are stored.',
    status: 201,
    answer: vouchersSchema,
    problems: ['not-found'],
  })
  async make(@Body({ schema: makeVouchersSchema }) { count, expiresInSeconds }: z.output<typeof makeVouchersSchema>) {
    const { vouchers, expiresAt } = await this.desk.issuing.makeVouchers(count, expiresInSeconds);
    return { vouchers, expiresAt: expiresAt.toISOString() };
  }
}
