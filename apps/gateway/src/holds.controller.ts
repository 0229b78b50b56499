import { randomBytes } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { accountIdField } from '@causeway/api-contract';
import { CausewayError, toBase64Url, type TenantId } from '@causeway/message-model';
import type { Clock } from '@causeway/platform';
import { HoldStore, type Hold } from '@causeway/storage';
import { z } from 'zod';
import { OperatorGuard } from './caller.js';
import { Documented } from './documented.js';

const DAY_MS = 24 * 3_600_000;
const holdIdField = z.string().regex(/^hold_[A-Za-z0-9_-]{22}$/, 'is not a valid hold id');
const beginSchema = z.object({
  account: accountIdField,
  /** Why, for example the number of an order. No word of it leaves the operator's database. */
  reference: z.string().min(1).max(200),
  days: z.int().min(1).max(366),
});
const holdSchema = z.object({
  id: z.string(),
  account: z.string(),
  reference: z.string(),
  beganAt: z.string(),
  endsAt: z.string(),
  announcedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  messages: z.int(),
});
const holdsSchema = z.object({ holds: z.array(holdSchema) });
const heldSchema = z.object({ messages: z.array(z.unknown()) });

/** Whose holds these are, and the time. */
export class HoldsDesk {
  constructor(
    readonly tenant: TenantId,
    readonly clock: Clock,
  ) {}
}

/** Legal holds: the operator's door, and in the retention ledger everybody's to see. */
@ApiTags('Operator')
@UseGuards(OperatorGuard)
@Controller('v1/operator/holds')
export class HoldsController {
  constructor(
    private readonly holds: HoldStore,
    private readonly desk: HoldsDesk,
  ) {}

  @Post()
  @Documented({
    summary: 'Begin a hold: copy what this account does from now on',
    description:
      'Metadata of messages it sends, for so many days; there are no words to copy. It begins to copy once the retention ledger shows that a hold began, without whose.',
    status: 201,
    answer: holdSchema,
    problems: ['not-found'],
  })
  async begin(@Body({ schema: beginSchema }) { account, reference, days }: z.output<typeof beginSchema>) {
    const { tenant, clock } = this.desk;
    const id = `hold_${toBase64Url(randomBytes(16))}`;
    const endsAt = new Date(clock.nowMs() + days * DAY_MS);
    const begun = await this.holds.begin({ id, tenant, account, reference, beganAt: clock.now(), endsAt });
    if (!begun) throw new CausewayError('not-found', { pointer: '/account' });
    return described(begun);
  }

  @Get()
  @Documented({ summary: 'Holds, those that ended within the last weeks too', status: 200, answer: holdsSchema })
  async list() {
    return { holds: (await this.holds.all(this.desk.tenant)).map(described) };
  }

  @Get(':id/messages')
  @Documented({ summary: 'What a hold has copied', status: 200, answer: heldSchema })
  async held(@Param('id', { schema: holdIdField }) id: string) {
    return { messages: await this.holds.held(this.desk.tenant, id) };
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({ summary: 'End a hold and delete what it copied', status: 204, problems: ['not-found'] })
  async end(@Param('id', { schema: holdIdField }) id: string): Promise<void> {
    if (!(await this.holds.end(this.desk.tenant, id, this.desk.clock.now()))) throw new CausewayError('not-found');
  }
}

const described = ({ id, account, reference, beganAt, endsAt, announcedAt, endedAt, messages }: Hold) => ({
  id,
  account,
  reference,
  beganAt: beganAt.toISOString(),
  endsAt: endsAt.toISOString(),
  announcedAt: announcedAt?.toISOString() ?? null,
  endedAt: endedAt?.toISOString() ?? null,
  messages,
});
