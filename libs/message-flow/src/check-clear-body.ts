import { planDigest, type MessageBody } from '@causeway/api-contract';
import { CausewayError } from '@causeway/message-model';
import { MAX_CLEAR_LIFETIME_SECONDS, type EdgeDesk, type EdgeState } from '@causeway/people';
import type { Clock } from '@causeway/platform';
import { checkStatementForm, parseStatement } from '@causeway/signal-protocol';
import type { BodyQuestion } from './seal-body.js';

/** A body must be readable until its deadline and one minute more (PROTOCOL 6). */
const KEY_MARGIN_SECONDS = 60;

/** Early answers to what the edge will check again with the keys in its hands: plan, key lifetime, form of the statement; and the floor. */
export class CheckClearBody {
  constructor(
    private readonly edge: EdgeDesk,
    private readonly clock: Clock,
  ) {}

  async execute(
    { sender, request, deliverBefore }: BodyQuestion,
    body: Extract<MessageBody, { leg: 'clear' }>,
  ): Promise<void> {
    const { to, messageId } = request;
    if (request.floor !== 'clear')
      throw new CausewayError('invalid-request', {
        pointer: '/floor',
        detail: 'The sender accepts sealed routes only',
      });
    const digest = planDigest({
      tenant: sender.tenant,
      conversation: to.conversation,
      leg: 'clear',
      networks: body.networks,
    });
    const edge = await this.edge.describe();
    const offered = new Set<string>(edge.networks.map((network) => network.network));
    if (digest !== body.planDigest || !body.networks.every((network) => offered.has(network))) {
      throw new CausewayError('route-changed', { pointer: '/body/planDigest' });
    }
    const deadline = Math.floor(deliverBefore.getTime() / 1000);
    const now = Math.floor(this.clock.nowMs() / 1000);
    if (deadline - now > MAX_CLEAR_LIFETIME_SECONDS) {
      throw new CausewayError('invalid-request', {
        pointer: '/deliverBefore',
        detail: 'At most 24 hours on a clear network',
      });
    }
    await this.requireLivingKey(body.keyId, deadline);
    const statement = parseStatement(body.statement.bytes);
    if (!statement)
      throw new CausewayError('invalid-statement', { pointer: '/body/statement', extensions: { reason: 'malformed' } });
    if (to.kind !== 'contact') throw new CausewayError('route-changed', { pointer: '/to' });
    const verdict = checkStatementForm(statement, {
      now,
      tenant: sender.tenant,
      senderAccount: sender.account,
      senderDevice: sender.device,
      contactId: to.contact,
      networks: body.networks,
      messageId,
      conversationId: to.conversation,
      deadline,
    });
    if (verdict !== 'ok')
      throw new CausewayError('invalid-statement', { pointer: '/body/statement', extensions: { reason: verdict } });
  }

  /** An unknown key may be newer than what we remember of the edge: asked once more before the sender is sent to seal again. */
  private async requireLivingKey(keyId: string, deadline: number): Promise<void> {
    if (outlives(await this.edge.describe(), keyId, deadline)) return;
    const fresh = await this.edge.describeFresh();
    if (outlives(fresh, keyId, deadline)) return;
    throw new CausewayError('edge-key-stale', { pointer: '/body/keyId', extensions: { edge: fresh.bundle } });
  }
}

function outlives(edge: EdgeState, keyId: string, deadline: number): boolean {
  const key = edge.livingKeys.find((candidate) => candidate.keyId === keyId);
  return key !== undefined && deadline <= key.destroyAt - KEY_MARGIN_SECONDS;
}
