import { All, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import { CausewayError, toBytes } from '@causeway/message-model';
import type { RawRequest } from '@causeway/network-adapter';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EDGE } from './edge-token.js';
import type { Edge } from './open-edge.js';
import { PublicUrl } from './public-url.js';

/** What a carrier that is none of ours, or a webhook that is none, is told. */
const REFUSALS = {
  'bad-signature': 'forbidden',
  'wrong-account': 'forbidden',
  'unknown-path': 'not-found',
  malformed: 'invalid-request',
} as const;

/** The public door of the edge: webhooks of carriers, and nothing else. */
@Controller('webhooks')
export class WebhooksController {
  constructor(
    @Inject(EDGE) private readonly edge: Edge,
    private readonly publicUrl: PublicUrl,
  ) {}

  @All(':network/*')
  async receive(
    @Param('network') network: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const adapter = this.edge.context.adapters.get(network);
    if (!adapter) throw new CausewayError('not-found');
    const received = await adapter.receive(this.rawRequest(request));
    if (received.kind === 'rejected') {
      this.edge.context.events.inboundHandled({ network, kind: 'webhook', outcome: received.reason });
      throw new CausewayError(REFUSALS[received.reason]);
    }
    // the carrier is answered only after the commit
    const results = await this.edge.acceptInbound.execute(network, received.events);
    // a network that repeats brings it again, of one that does not the sweep takes it from its list
    if (results.includes('purge-behind'))
      throw new CausewayError('purge-behind', { detail: 'Nothing new is stored until the purge has caught up' });
    const { status, contentType, body } = received.response;
    await reply.code(status).header('content-type', contentType).send(body);
  }

  /** The address as it is configured, never as a Host header claims. */
  private rawRequest(request: FastifyRequest): RawRequest {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    const body = Buffer.isBuffer(request.body) ? toBytes(request.body) : new Uint8Array();
    return { method: request.method, url: `${this.publicUrl.text}${request.url}`, headers, body };
  }
}
