import { lifetimeOf } from '@causeway/message-model';
import type { LogFields } from '@causeway/platform';

/** One field of log lines. */
export interface LogEntry {
  readonly class: 'security-log';
  readonly purpose: string;
  readonly lifetime: string;
  readonly readers: readonly ['operator'];
}

/** Whoever collects standard output reads and deletes all fields alike. */
const said = (purpose: string): LogEntry => ({
  class: 'security-log',
  purpose,
  lifetime: `${lifetimeOf('security-log').days} days at most, as the operator keeps it`,
  readers: ['operator'],
});

/** What every line carries. */
type LineField = 'time' | 'level' | 'process' | 'event';

/**
 * Every field a log line may carry, and why. The compiler refuses one that is missing here; what is not a field is dropped when a line is
 * written.
 */
export const LOG_INVENTORY = {
  time: said('when it was written'),
  level: said('how bad it is'),
  process: said('which kind of process wrote it'),
  event: said('what happened, one of a list in the code'),
  tenant: said('which tenant a line is about'),
  messageId: said('finds the lines of one message; a random id with its hour'),
  laneId: said('finds the lines of one lane; random'),
  accountId: said('finds the lines of one account; random, and never both ends of a message in one line'),
  deviceId: said('which device of an account, a small number'),
  contactId: said('which contact; random, the number behind it is sealed'),
  network: said('sms, rcs or native'),
  leg: said('native or clear'),
  track: said('which queue, or which kind of key'),
  state: said('what became of a message, or what the ledger says'),
  reason: said('a code'),
  outcome: said('a code'),
  code: said('code of a problem or of a carrier'),
  errorName: said('class of what was thrown, never its message'),
  frames: said('where it was thrown, without the first line, which may quote values'),
  ladderLevel: said('step of the spam guard, 0 to 4'),
  attempt: said('which attempt'),
  count: said('how many'),
  sizeBytes: said('how large'),
  durationMs: said('how long'),
  lagSeconds: said('how far behind the purge is'),
  method: said('of a request'),
  route: said('the pattern of a route, never what a person typed'),
  status: said('of an answer'),
  requestId: said('finds the lines of one request; random'),
  component: said('part of the process'),
  address: said('where a process listens'),
  port: said('where a process listens'),
  version: said('of the program'),
  signal: said('that ended a process'),
  setting: said('name of a setting, never its value'),
  keyId: said('name of a key or of a hold'),
  partition: said('table and hour'),
  sequence: said('place in the retention ledger'),
} as const satisfies Readonly<Record<keyof LogFields | LineField, LogEntry>>;
