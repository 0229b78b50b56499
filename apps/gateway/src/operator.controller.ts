import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { MakeInvite } from '@causeway/people';
import { z } from 'zod';
import { OperatorGuard } from './caller.js';
import { Documented } from './documented.js';

const DAY_SECONDS = 24 * 3600;
const inviteSchema = z.object({
  expiresInSeconds: z
    .int()
    .min(60)
    .max(30 * DAY_SECONDS)
    .default(7 * DAY_SECONDS),
});
const invitedSchema = z.object({ invite: z.string(), expiresAt: z.string() });

@ApiTags('Operator')
@UseGuards(OperatorGuard)
@Controller('v1/operator')
export class OperatorController {
  constructor(private readonly makeInvite: MakeInvite) {}

  @Post('invites')
  @Documented({
    summary: 'Make an invite for one registration',
    description: 'With the operator token. Only a digest of the invite is stored.',
    status: 201,
    answer: invitedSchema,
  })
  async invite(@Body({ schema: inviteSchema }) { expiresInSeconds }: z.output<typeof inviteSchema>) {
    const { invite, expiresAt } = await this.makeInvite.execute(expiresInSeconds);
    return { invite, expiresAt: expiresAt.toISOString() };
  }
}
