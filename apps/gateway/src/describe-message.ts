import { Injectable } from '@nestjs/common';
import type { AttemptDescription, HopDescription } from '@causeway/api-contract';
import { CausewayError, hasLeft, messageIdFromBytes, parseTransitId, type TransitId } from '@causeway/message-model';
import type { Accepted } from '@causeway/message-flow';
import type { Clock } from '@causeway/platform';
import {
  AttemptStore,
  MessageStore,
  type AttemptRow,
  type AuthenticatedDevice,
  type MessageRow,
} from '@causeway/storage';

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
const stateOf = (row: { readonly state: string; readonly reason: string | null }) => ({
  kind: row.state,
  ...(row.reason === null ? {} : { reason: row.reason }),
});

/** What a sender may know of a message: where it stands, what was tried, and the networks it crossed. Never a word of it. */
@Injectable()
export class DescribeMessage {
  constructor(
    private readonly messages: MessageStore,
    private readonly attempts: AttemptStore,
    private readonly clock: Clock,
  ) {}

  accepted(accepted: Accepted) {
    return {
      id: accepted.ref,
      messageId: accepted.messageId,
      state: stateOf(accepted),
      deliverBefore: seconds(accepted.deliverBefore),
    };
  }

  async one(caller: AuthenticatedDevice, id: TransitId) {
    if (hasLeft(id, this.clock.nowMs())) return undefined;
    const row = await this.messages.find(caller, id);
    return row && statusOf(row, caller.region, row.leg === 'clear' ? await this.attempts.of(id) : []);
  }

  async page(caller: AuthenticatedDevice, page: { readonly limit: number; readonly cursor?: string | undefined }) {
    const before = page.cursor === undefined ? undefined : parseTransitId(page.cursor);
    if (page.cursor !== undefined && !before)
      throw new CausewayError('invalid-request', { pointer: '/cursor', detail: 'Not a cursor of this list' });
    const rows = await this.messages.list(caller, { before, limit: page.limit, now: this.clock.now() });
    const attempts = await this.attempts.ofMany(rows.filter((row) => row.leg === 'clear').map((row) => row.id));
    const next = rows.length === page.limit ? rows.at(-1)?.id : undefined;
    const messages = rows.map((row) =>
      statusOf(
        row,
        caller.region,
        attempts.filter((attempt) => attempt.ref === row.id),
      ),
    );
    return { messages, ...(next === undefined ? {} : { next }) };
  }
}

function statusOf(row: MessageRow, region: string, attempts: readonly AttemptRow[]) {
  return {
    id: row.id,
    messageId: messageIdFromBytes(row.messageId) ?? '',
    conversation: row.conversation,
    leg: row.leg,
    state: stateOf(row),
    isDelayed: row.isDelayed,
    deliverBefore: seconds(row.deliverBefore),
    attempts: attempts.map(attemptOf),
    hops: hopsOf(row, region, attempts),
  };
}

const attemptOf = (row: AttemptRow): AttemptDescription => ({
  attempt: row.attempt,
  network: row.network,
  isSimulated: row.isSimulated,
  outcome: row.outcome,
  startedAt: row.startedAt.toISOString(),
  ...(row.vendorCode === null ? {} : { vendorCode: row.vendorCode }),
  ...(row.segments === null ? {} : { segments: row.segments }),
});

/** Only networks that were given the message; where it waits or was refused there is no hop. */
function hopsOf(row: MessageRow, region: string, attempts: readonly AttemptRow[]): readonly HopDescription[] {
  if (row.leg === 'native' && row.state !== 'waiting-on-sender') {
    return [
      {
        network: 'native',
        isSimulated: false,
        readableBy: ['sender', 'recipient'],
        region,
        copyLifetime: 'until acknowledged',
      },
    ];
  }
  return attempts
    .filter((attempt) => !['started', 'not-sent'].includes(attempt.outcome))
    .map((attempt) => ({
      network: attempt.network,
      isSimulated: attempt.isSimulated,
      readableBy: ['sender', 'edge', 'carrier', 'recipient'],
      region,
      copyLifetime: 'stays on their phone; at the carrier as long as it keeps it',
    }));
}
