const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Who may ask for less than the default. */
export type PolicyLevel = 'tenant' | 'account' | 'conversation' | 'message';

/** How long one class of what is stored stays. Seconds, counted from where `from` says. */
export interface RetentionPolicy {
  readonly what: string;
  readonly from: string;
  readonly defaultSeconds: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
  /** Levels at which it can be changed; what is missing here is the same for all. */
  readonly levels: readonly PolicyLevel[];
  /** Who makes it so: our servers, or the devices of the account. */
  readonly keptBy: 'servers' | 'devices';
  readonly reason: string;
}

/**
 * Every class of what is stored, how long it stays, and why (SAFETY 3). Lifetimes elsewhere in the code are read from here.
 * A class without `levels` is shared by people who never met: one of them cannot change it for the others.
 */
export const POLICIES = {
  'undelivered-envelope': {
    what: 'sealed words that no device has taken yet',
    from: 'acceptance',
    defaultSeconds: 7 * DAY,
    minSeconds: 1,
    maxSeconds: 30 * DAY,
    levels: ['tenant', 'account', 'conversation', 'message'],
    keptBy: 'servers',
    reason: 'a week covers a lost telephone; others keep 28 to 30 days. What is delivered goes at once',
  },
  metadata: {
    what: 'who sent when to which conversation, and how it ended',
    from: 'the deadline of the message',
    defaultSeconds: 7 * DAY,
    minSeconds: DAY,
    maxSeconds: 30 * DAY,
    levels: ['tenant', 'account', 'conversation'],
    keptBy: 'servers',
    reason: 'a sender asks what became of a message, and a device that was away must not send it again',
  },
  receipts: {
    what: 'states on their way to the device of the sender',
    from: 'the change of the state',
    defaultSeconds: DAY,
    minSeconds: DAY,
    maxSeconds: DAY,
    levels: [],
    keptBy: 'servers',
    reason: 'the same can be asked of the message itself for as long as its metadata stays',
  },
  events: {
    what: 'requests and grants on their way to a device',
    from: 'the event',
    defaultSeconds: DAY,
    minSeconds: DAY,
    maxSeconds: DAY,
    levels: [],
    keptBy: 'servers',
    reason: 'the consent record itself answers later',
  },
  'dead-letters': {
    what: 'sealed words of a message whose lane fails again and again',
    from: 'acceptance',
    defaultSeconds: 3 * DAY,
    minSeconds: HOUR,
    maxSeconds: 3 * DAY,
    levels: [],
    keptBy: 'servers',
    reason: 'long enough to repair a bug over a weekend; never readable to whoever repairs it',
  },
  'abuse-windows': {
    what: 'counters of an account towards strangers',
    from: 'the last event counted',
    defaultSeconds: 7 * DAY,
    minSeconds: DAY,
    maxSeconds: 7 * DAY,
    levels: [],
    keptBy: 'servers',
    reason: 'the longest window of a signal is a week',
  },
  'report-keys': {
    what: 'keys that prove a reported message was ours to carry',
    from: 'the day of the key',
    defaultSeconds: 8 * DAY,
    minSeconds: 8 * DAY,
    maxSeconds: 8 * DAY,
    levels: [],
    keptBy: 'servers',
    reason: 'a person reports within a week; the eighth day is that of the key itself',
  },
  consent: {
    what: 'who may write to whom',
    from: 'the erasure of the account',
    defaultSeconds: 1,
    minSeconds: 1,
    maxSeconds: 1,
    levels: [],
    keptBy: 'servers',
    reason: 'a decision holds until it is taken back: forgetting a block or a STOP by the clock would undo it',
  },
  bindings: {
    what: 'contacts, and the sealed numbers behind them',
    from: 'the erasure of the account',
    defaultSeconds: 1,
    minSeconds: 1,
    maxSeconds: 1,
    levels: [],
    keptBy: 'servers',
    reason: 'an answer that comes months later has to find its conversation',
  },
  'security-log': {
    what: 'log lines, which carry ids and codes and no number',
    from: 'the line',
    defaultSeconds: 30 * DAY,
    minSeconds: DAY,
    maxSeconds: 30 * DAY,
    levels: [],
    keptBy: 'servers',
    reason:
      'an intrusion is often seen weeks later. The processes write to standard output: whoever collects it deletes it',
  },
  history: {
    what: 'messages on the devices of the person',
    from: 'the arrival or the sending',
    defaultSeconds: 10 * 365 * DAY,
    minSeconds: MINUTE,
    maxSeconds: 10 * 365 * DAY,
    levels: ['account', 'conversation'],
    keptBy: 'devices',
    reason: 'it is theirs: they say whether a conversation lives a month or a device remembers a year',
  },
} as const satisfies Readonly<Record<string, RetentionPolicy>>;

/** A class of what is stored. */
export type RetentionClass = keyof typeof POLICIES;

/** Every class, in the order of the table. */
export const RETENTION_CLASSES: readonly RetentionClass[] = keysOf(POLICIES);

/** Classes somebody can ask less for. */
export const ADJUSTABLE_CLASSES = [
  'undelivered-envelope',
  'metadata',
  'history',
] as const satisfies readonly RetentionClass[];
/** One of `ADJUSTABLE_CLASSES`. */
export type AdjustableClass = (typeof ADJUSTABLE_CLASSES)[number];

function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  const keys: Key[] = [];
  for (const key in table) keys.push(key);
  return keys;
}

/** The row of a class, as any row. */
export const policyOf = (name: RetentionClass): RetentionPolicy => POLICIES[name];
