/**
 * Why a message ended as `failed`, or an attempt did; the words beside each are safe to show. Vendor codes are translated into these
 * by the adapter. None of them tells a sender that the recipient blocked them: such a message expires like any other.
 */
export const FAILURE_REASONS = {
  'recipient-unknown': 'The network does not know this recipient',
  'recipient-unreachable': 'The recipient could not be reached',
  'recipient-opted-out': 'The recipient asked this number not to write',
  blocked: 'A network filtered the message',
  'sender-not-permitted': 'The network does not let this sender write there',
  'conversation-ended': 'The alias was revoked or its time is over, and the conversation with it',
  'content-rejected': 'The network does not carry this kind of content',
  'too-large': 'The message is larger than the network carries',
  'region-not-permitted': 'The route leaves the permitted regions',
  'statement-invalid': 'The permission to send it in the clear does not hold',
  unreadable: 'The sealed message could not be opened',
  'encryption-unavailable': 'The network could not keep the conversation end-to-end encrypted',
  misconfigured: 'The connection to the network is not set up rightly',
  congested: 'The network is taking no more messages at the moment',
  'network-unavailable': 'The network is not reachable',
  'no-answer': 'The network did not say whether it took the message',
  unknown: 'The network gave no reason that we know',
} as const satisfies Record<string, string>;

/** A code of the table; stored, so it never changes its meaning. */
export type FailureReason = keyof typeof FAILURE_REASONS;

/** `undefined` for a word that is no reason of ours, also for names every object has. */
export const parseFailureReason = (text: string): FailureReason | undefined =>
  Object.hasOwn(FAILURE_REASONS, text) ? (text as FailureReason) : undefined;
