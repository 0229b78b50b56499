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
  /** The class whose wishes hold for this one too, within the bounds of this one; it is asked for with that class and not by itself. */
  readonly follows?: string;
  /** Why nobody below the installation changes it; there wherever `levels` is empty. */
  readonly fixedBecause?: string;
  /** Who makes it so: our servers, the devices of the account, or the operator whom the log lines go to. */
  readonly keptBy: 'servers' | 'devices' | 'operator';
  readonly reason: string;
}

/** A lifetime that nobody changes. */
const fixed = (seconds: number) => ({ defaultSeconds: seconds, minSeconds: seconds, maxSeconds: seconds }) as const;

/**
 * Every class of what is stored, how long it stays, and why (SAFETY 3). Lifetimes elsewhere in the code are read from here.
 * A class without `levels` is the same for the whole installation, and says why.
 */
export const POLICIES = {
  'undelivered-envelope': {
    what: 'sealed words that no device has taken yet, sent or received',
    from: 'acceptance',
    defaultSeconds: 7 * DAY,
    minSeconds: 1,
    maxSeconds: 30 * DAY,
    levels: ['tenant', 'account', 'conversation', 'message'],
    keptBy: 'servers',
    reason: 'a week covers a lost telephone; others keep 28 to 30 days. What is delivered goes at once',
  },
  'clear-envelope': {
    what: 'sealed words on their way to a carrier',
    from: 'acceptance',
    defaultSeconds: DAY,
    minSeconds: 1,
    maxSeconds: DAY,
    levels: ['tenant', 'account', 'conversation', 'message'],
    follows: 'undelivered-envelope',
    keptBy: 'servers',
    reason: 'the key they are sealed to is destroyed after 26 hours, so nobody can ask for more',
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
  lanes: {
    what: 'the ordered stream of a conversation, without its messages',
    from: 'its last message',
    defaultSeconds: 7 * DAY,
    minSeconds: DAY,
    maxSeconds: 7 * DAY,
    levels: ['tenant', 'account', 'conversation'],
    follows: 'metadata',
    keptBy: 'servers',
    reason: 'the next message makes a new one; until then it says who writes to whom, so it goes as metadata does',
  },
  duplicates: {
    what: 'keyed digests of what carriers have told us',
    from: 'the arrival',
    ...fixed(90 * DAY),
    levels: [],
    fixedBecause: 'a tenant that forgot sooner would take a recorded call of its carrier for a new message',
    keptBy: 'servers',
    reason: 'signatures of carriers carry no time, so a recorded call stays good: it must be known again',
  },
  receipts: {
    what: 'states on their way to the device of the sender',
    from: 'the change of the state',
    defaultSeconds: DAY,
    minSeconds: HOUR,
    maxSeconds: DAY,
    levels: ['tenant'],
    keptBy: 'servers',
    reason: 'the same can be asked of the message itself for as long as its metadata stays',
  },
  events: {
    what: 'requests and grants on their way to a device',
    from: 'the event',
    defaultSeconds: 7 * DAY,
    minSeconds: DAY,
    maxSeconds: 7 * DAY,
    levels: ['tenant'],
    keptBy: 'servers',
    reason: 'a device that was away for days learns of a grant and sends what waited; the consent record answers later',
  },
  'dead-letters': {
    what: 'sealed words of a message whose lane fails again and again: its envelope, of which there is no other copy',
    from: 'acceptance',
    defaultSeconds: 7 * DAY,
    minSeconds: 1,
    maxSeconds: 30 * DAY,
    levels: ['tenant', 'account', 'conversation', 'message'],
    follows: 'undelivered-envelope',
    keptBy: 'servers',
    reason: 'there is no place for failed messages: they are tried until their own deadline and go with it, as any',
  },
  'abuse-windows': {
    what: 'counters of an account towards strangers, under names of a week',
    from: 'the week of the event',
    ...fixed(14 * DAY),
    levels: [],
    fixedBecause:
      'the names of all tenants are under one key of the week, which is destroyed as a whole; without it nobody can tell whose row is whose',
    keptBy: 'servers',
    reason: 'the longest window of a signal is two weeks; then the key of the names is gone too',
  },
  'abuse-decisions': {
    what: 'what the guard decided about an account, and why',
    from: 'the decision',
    ...fixed(30 * DAY),
    levels: [],
    fixedBecause: 'who is limited by a tenant must be able to appeal against it for as long as anybody else',
    keptBy: 'servers',
    reason: 'whoever was held back can read it and appeal',
  },
  'report-keys': {
    what: 'keys that prove a reported message was ours to carry, and digests of tokens used',
    from: 'the day of the key',
    ...fixed(8 * DAY),
    levels: [],
    fixedBecause: 'the key of a day is one for all tenants, and is destroyed as a whole',
    keptBy: 'servers',
    reason: 'a person reports within a week; the eighth day is that of the key itself',
  },
  consent: {
    what: 'who may write to whom',
    from: 'the erasure of the account',
    ...fixed(0),
    levels: [],
    fixedBecause:
      'it is the decision of a person, who takes it back or erases the account; no tenant takes it back for them',
    keptBy: 'servers',
    reason: 'a decision holds until it is taken back: forgetting a block or a STOP by the clock would undo it',
  },
  bindings: {
    what: 'contacts, and the sealed numbers behind them',
    from: 'the erasure of the account',
    ...fixed(0),
    levels: [],
    fixedBecause:
      'without the binding a late answer of the telephone would be lost or reach somebody else; erasure ends it',
    keptBy: 'servers',
    reason: 'an answer that comes months later has to find its conversation',
  },
  'retired-bindings': {
    what: 'that a telephone was written to from one of our numbers, as digests',
    from: 'the end of the binding',
    defaultSeconds: 180 * DAY,
    minSeconds: 30 * DAY,
    maxSeconds: 180 * DAY,
    levels: ['tenant'],
    keptBy: 'servers',
    reason: 'an answer to somebody who left must not reach whoever has the number of ours next',
  },
  links: {
    what: 'that an account has a number, or an account of another network',
    from: 'the proof',
    ...fixed(365 * DAY),
    levels: [],
    fixedBecause: 'each link carries the day on which it ends, which its owner was shown at the proof',
    keptBy: 'servers',
    reason: 'numbers change hands: whoever has it still proves it again',
  },
  'ended-links': {
    what: 'that there was a link, and why it ended',
    from: 'its end',
    defaultSeconds: 30 * DAY,
    minSeconds: DAY,
    maxSeconds: 30 * DAY,
    levels: ['tenant'],
    keptBy: 'servers',
    reason: 'its owner is shown why they are not found any more',
  },
  discovery: {
    what: 'codes for numbers, and keyed digests of who asked for which address',
    from: 'the asking',
    ...fixed(DAY),
    levels: [],
    fixedBecause: 'rows are digests without a tenant, and the limits that they serve are those of a day',
    keptBy: 'servers',
    reason: 'limits are those of a day; a code is good for ten minutes of it',
  },
  'revoked-permissions': {
    what: 'that a permission to go clear was taken back',
    from: 'the revocation',
    ...fixed(30 * DAY + HOUR),
    levels: [],
    fixedBecause: 'forgotten sooner, a permission that was taken back would permit again',
    keptBy: 'servers',
    reason: 'a permission ends by itself within thirty days; an hour more for clocks that disagree',
  },
  'ended-holds': {
    what: 'that there was a hold; what it copied goes with its end',
    from: 'its end',
    ...fixed(35 * DAY),
    levels: [],
    fixedBecause: 'a tenant that places holds must not shorten how long it can be asked about them',
    keptBy: 'servers',
    reason: 'who answers for holds can be asked about one that ended',
  },
  'security-log': {
    what: 'log lines, which carry ids and codes and no number',
    from: 'the line',
    defaultSeconds: 30 * DAY,
    minSeconds: DAY,
    maxSeconds: 30 * DAY,
    levels: [],
    fixedBecause:
      'lines of all tenants are one stream on standard output, which the operator collects and deletes as one',
    keptBy: 'operator',
    reason:
      'an intrusion is often seen weeks later. The processes write to standard output: whoever collects it deletes it',
  },
  history: {
    what: 'messages on the devices of the person',
    from: 'the arrival or the sending',
    defaultSeconds: 10 * 365 * DAY,
    minSeconds: MINUTE,
    maxSeconds: 10 * 365 * DAY,
    levels: ['account', 'conversation', 'message'],
    keptBy: 'devices',
    reason:
      'it is theirs and not their tenant’s: they say whether a conversation lives a month or a device remembers a year',
  },
} as const satisfies Readonly<Record<string, RetentionPolicy>>;

/** A class of what is stored. */
export type RetentionClass = keyof typeof POLICIES;

/** Every class, in the order of the table. */
export const RETENTION_CLASSES: readonly RetentionClass[] = keysOf(POLICIES);

/** Classes of which an account can ask that they be kept for less long. */
export const PERSONAL_CLASSES = [
  'undelivered-envelope',
  'metadata',
  'history',
] as const satisfies readonly RetentionClass[];
/** One of `PERSONAL_CLASSES`. */
export type PersonalClass = (typeof PERSONAL_CLASSES)[number];

/** Classes that a tenant sets for everybody in it. */
export const TENANT_CLASSES = [
  'undelivered-envelope',
  'metadata',
  'receipts',
  'events',
  'retired-bindings',
  'ended-links',
] as const satisfies readonly RetentionClass[];
/** One of `TENANT_CLASSES`. */
export type TenantClass = (typeof TENANT_CLASSES)[number];

/** A class that somebody can change. */
export type AdjustableClass = PersonalClass | TenantClass;

function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  const keys: Key[] = [];
  for (const key in table) keys.push(key);
  return keys;
}

/** The row of a class, as any row. */
export const policyOf = (name: RetentionClass): RetentionPolicy => POLICIES[name];

/** The class that is asked for when this one is to be kept for less long. */
export const askedWith = (name: RetentionClass): RetentionClass =>
  RETENTION_CLASSES.find((each) => each === policyOf(name).follows) ?? name;

/** Whether and by whom the class can be changed, in words: the levels, or why it is the same for the whole installation. */
export function overridableText(name: RetentionClass): string {
  const { levels, follows, fixedBecause } = policyOf(name);
  if (levels.length === 0) return `no, it is the same for the whole installation: ${fixedBecause ?? ''}`;
  return `by ${levels.join(', ')}${follows === undefined ? '' : `, with ${follows}`}`;
}

/** How long a class stays unless somebody asked otherwise, in the unit that is asked for. */
export const lifetimeOf = (name: RetentionClass) => {
  const { defaultSeconds } = policyOf(name);
  return { ms: defaultSeconds * 1000, hours: defaultSeconds / HOUR, days: defaultSeconds / DAY } as const;
};
