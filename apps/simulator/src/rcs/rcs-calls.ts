import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RcsError } from './rcs-error.js';
import { RcsFaultScript, type RcsFault } from './rcs-fault-script.js';
import { RcsLog, type RcsFactName } from './rcs-log.js';

interface Call {
  readonly operation: RcsFault['operation'];
  readonly event: RcsFactName;
  readonly reply: FastifyReply;
  readonly messageId?: string;
}

/** Every call of the API passes here: faults strike before and after it, and it is written down with its answer. */
@Injectable()
export class RcsCalls {
  constructor(
    private readonly faults: RcsFaultScript,
    private readonly log: RcsLog,
  ) {}

  async answer<Answer>(
    { operation, event, reply, messageId }: Call,
    act: (fault: RcsFault | undefined) => Answer,
  ): Promise<Answer | string> {
    const ids = messageId === undefined ? {} : { messageId };
    try {
      const fault = this.faults.take(operation);
      strikeBefore(fault, reply);
      const answer = act(fault);
      if (fault?.mode === 'slow') {
        // counted before the wait: the call has arrived
        this.log.append({ event, status: 200, ...ids });
        await sleep(fault.delayMs);
        return answer;
      }
      if (fault?.mode === 'accept-then-drop') reply.raw.destroy();
      if (fault?.mode === 'accept-then-500') throw RcsError.of('INTERNAL', 'Internal error.');
      this.log.append({ event, status: 200, ...ids });
      return fault?.mode === 'accept-then-garbage' ? '<html>Bad gateway</html>' : answer;
    } catch (refusal) {
      this.log.append({ event, status: refusal instanceof RcsError ? refusal.getStatus() : 500, ...ids });
      throw refusal;
    }
  }
}

function strikeBefore(fault: RcsFault | undefined, reply: FastifyReply): void {
  switch (fault?.mode) {
    case '429':
      throw tooMany(reply, 1);
    case '500':
      throw RcsError.of('INTERNAL', 'Internal error.');
    case 'refuse-code':
      throw RcsError.scripted(fault.code);
    case 'drop':
      reply.raw.destroy();
      throw RcsError.of('INTERNAL', 'Internal error.');
    default:
      return;
  }
}

export function tooMany(reply: FastifyReply, retryAfterSeconds: number): RcsError {
  reply.header('retry-after', String(retryAfterSeconds));
  return RcsError.of('RESOURCE_EXHAUSTED', 'Quota exceeded.');
}
