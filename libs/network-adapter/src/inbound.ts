import type { Bytes, FailureReason } from '@causeway/message-model';
import type { Plaintext } from '@causeway/platform';

/** A webhook as it arrived: authenticity is decided over these bytes before anything parses them. */
export interface RawRequest {
  readonly method: string;
  /** The full public URL as configured and as the network called it: never rebuilt from a Host header. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Bytes;
}

/** A file the sender attached, by reference; fetching it is the caller's decision. */
export interface InboundMedia {
  readonly url: Plaintext;
  readonly contentType: string;
  /** Where the network says it. */
  readonly sizeBytes?: number;
}

/** A message someone on the network wrote to a bridge number. Plaintext: sealed before anything stores it. */
export interface InboundMessage {
  readonly kind: 'message';
  /** The same webhook delivered twice has the same id: the caller's unique key. */
  readonly externalId: string;
  /** Sender, E.164. */
  readonly from: Plaintext;
  /** Bridge number, E.164, or the network's name of our agent. */
  readonly to: string;
  /** Empty beside media alone. What the contract has no word for is said in text: a location as its `geo:` URI (RFC 5870). */
  readonly text: Plaintext;
  readonly media: readonly InboundMedia[];
  /** External id of the message this answers, where the network says it. */
  readonly replyTo?: string;
  /** Present when the person tapped a suggestion of ours instead of writing; `text` is then what stood on it. */
  readonly suggestion?: { readonly postback: Plaintext };
  /** Milliseconds since the epoch: the network's time when it says one, else the adapter's clock. */
  readonly receivedAtMs: number;
}

/** What every event of a person has. */
interface PersonEvent {
  /** Unique per event at this network: the caller's unique key. */
  readonly externalId: string;
  /** The person, E.164. */
  readonly from: Plaintext;
  /** Bridge number or agent. */
  readonly to: string;
}

/** The person put an emoji on a message, or took theirs back (`emoji: null`). */
export interface InboundReaction extends PersonEvent {
  readonly kind: 'reaction';
  /** External id of the message it is on. */
  readonly target: string;
  readonly emoji: Plaintext | null;
  readonly receivedAtMs: number;
}

/** The person began or stopped writing. Worth nothing a few seconds later: never stored, never retried. */
export interface TypingEvent extends PersonEvent {
  readonly kind: 'typing';
  readonly isTyping: boolean;
}

/** The network says that what this person's phone can do has changed, for example that it left. Ask again before the next message. */
export interface CapabilityChange extends PersonEvent {
  readonly kind: 'capability-change';
}

/** The person asked who writes to them (HELP, INFO). The message comes as an event too and reaches whom it is for: to a friend it is a cry for help. */
export interface HelpWord extends PersonEvent {
  readonly kind: 'help';
}

/**
 * What the network says became of a message. `displayed` is the read receipt. A network that gave up taking an expired message back has
 * not ended it: that is `sent`. `sending` and `sent` are progress, the others end the attempt. */
export type ReceiptStatus = 'sending' | 'sent' | 'delivered' | 'displayed' | 'failed' | 'expired' | 'cancelled';

const RECEIPT_RANK = {
  sending: 1,
  sent: 2,
  failed: 3,
  expired: 3,
  cancelled: 3,
  delivered: 3,
  displayed: 4,
} as const satisfies Record<ReceiptStatus, number>;

/**
 * Whether a receipt says more than what is known. Receipts repeat and overtake each other: progress never follows an end,
 * the first end stands, and `displayed` only annotates.
 */
export const outranks = (next: ReceiptStatus, known: ReceiptStatus): boolean =>
  RECEIPT_RANK[next] > RECEIPT_RANK[known];

/** One part of a long message that its network carries as several. */
export interface MessagePart {
  /** From 1. */
  readonly number: number;
  /** Of how many. */
  readonly count: number;
}

/** Parts a network can cut a message into: one octet counts them (3GPP TS 23.040, section 9.2.3.24.1). */
const MOST_PARTS = 255;

/** Whether a part is one of a whole with others; what a network counts otherwise says nothing of any. */
export const isPart = ({ number, count }: MessagePart): boolean =>
  Number.isInteger(number) && Number.isInteger(count) && number >= 1 && number <= count && count <= MOST_PARTS;

/** A change of state of a message sent earlier. */
export interface InboundReceipt {
  readonly kind: 'receipt';
  /** The `ref` of the outbound message, `undefined` when the network reports without it: then `externalId` leads. */
  readonly ref: string | undefined;
  readonly externalId: string;
  readonly status: ReceiptStatus;
  /**
   * Where the network reports each part of a long message by itself: which one this is about. The caller combines them: the message is
   * delivered once every part is, and fails with the first that does.
   */
  readonly part?: MessagePart;
  /** Present with `failed`. */
  readonly reason?: FailureReason;
  readonly vendorCode?: string;
}

/** The person withdrew or gave back consent to be written to from this bridge number. The message that said so comes as an event too; it is not shown to anyone. */
export interface ConsentWord extends PersonEvent {
  readonly kind: 'opt-out' | 'opt-in';
  /** `all` when the word asks for every sender, for example STOPALL. */
  readonly scope: 'pair' | 'all';
  /** False where the network reports a standing, as RCS does beside the word itself: that is no second word. Left out, it is a word. */
  readonly isWord?: false;
}

/** Everything a network can tell us. */
export type InboundEvent =
  InboundMessage | InboundReaction | InboundReceipt | TypingEvent | ConsentWord | HelpWord | CapabilityChange;

/** The answer the network expects to its webhook. */
export interface WebhookResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type ReceiveOutcome =
  | { readonly kind: 'rejected'; readonly reason: 'bad-signature' | 'malformed' | 'unknown-path' | 'wrong-account' }
  | { readonly kind: 'events'; readonly events: readonly InboundEvent[]; readonly response: WebhookResponse };
