import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CausewayError } from '@causeway/message-model';
import { Metrics } from '@causeway/platform/server';
import { Database, isAnswering } from '@causeway/storage';
import type { FastifyReply } from 'fastify';
import { EdgeDeskClient } from './edge-desk-client.js';

/** For machines that watch: alive, ready, metrics. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly edge: EdgeDeskClient,
    private readonly metrics: Metrics,
  ) {}

  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  /** Without an edge the gateway stays ready: native messages go on, and no other gateway would have an edge either. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const [database, edge] = await Promise.all([isAnswering(this.database), this.edgeAnswers()]);
    void reply.code(database ? 200 : 503);
    const status = !database ? 'not-ready' : edge.answers ? 'ready' : 'native-only';
    return { status, database, edge: edge.answers, ...(edge.says === undefined ? {} : { edgeSays: edge.says }) };
  }

  @Get('metrics')
  async scrape(@Res({ passthrough: true }) reply: FastifyReply) {
    void reply.header('content-type', this.metrics.contentType);
    return this.metrics.text();
  }

  private async edgeAnswers(): Promise<{ readonly answers: boolean; readonly says?: string }> {
    try {
      // asked anew: what is remembered of an edge says nothing about whether it is there
      await this.edge.describeFresh();
      return { answers: true };
    } catch (thrown) {
      // what a refusal says is safe to show; of anything else nothing is known
      return thrown instanceof CausewayError ? { answers: false, says: thrown.message } : { answers: false };
    }
  }
}
