import type { LogFields } from '@causeway/platform';

/**
 * Every field a log line may carry, and why. The compiler refuses one that is missing here; what is not a field is dropped when a line is
 * written.
 */
export const LOG_INVENTORY = {
  tenant: 'which tenant a line is about',
  messageId: 'finds the lines of one message; a random id with its hour',
  laneId: 'finds the lines of one lane; random',
  accountId: 'finds the lines of one account; random, and never both ends of a message in one line',
  deviceId: 'which device of an account, a small number',
  contactId: 'which contact; random, the number behind it is sealed',
  network: 'sms, rcs or native',
  leg: 'native or clear',
  track: 'which queue, or which kind of key',
  state: 'what became of a message, or what the ledger says',
  reason: 'a code',
  outcome: 'a code',
  code: 'code of a problem or of a carrier',
  errorName: 'class of what was thrown, never its message',
  frames: 'where it was thrown, without the first line, which may quote values',
  ladderLevel: 'step of the spam guard, 0 to 4',
  attempt: 'which attempt',
  count: 'how many',
  sizeBytes: 'how large',
  durationMs: 'how long',
  lagSeconds: 'how far behind the purge is',
  method: 'of a request',
  route: 'the pattern of a route, never what a person typed',
  status: 'of an answer',
  requestId: 'finds the lines of one request; random',
  component: 'part of the process',
  address: 'where a process listens',
  port: 'where a process listens',
  version: 'of the program',
  signal: 'that ended a process',
  setting: 'name of a setting, never its value',
  keyId: 'name of a key or of a hold',
  partition: 'table and hour',
  sequence: 'place in the retention ledger',
} as const satisfies Readonly<Record<keyof LogFields, string>>;
