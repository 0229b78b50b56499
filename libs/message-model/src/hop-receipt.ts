import { type MessageId } from './ids.js';

/** `sealed`: only the two ends can read. `clear`: the edge and the carrier can as well. */
export type Confidentiality = 'sealed' | 'clear';

/** Someone who can read a message at a hop. */
export type Reader = 'sender' | 'recipient' | 'edge' | 'carrier';

/** One network a message crossed, and what became of its words there. */
export interface Hop {
  readonly leg: 'native' | 'clear';
  readonly network: string;
  readonly isSimulated: boolean;
  readonly readableBy: readonly Reader[];
  readonly region: string;
  /** How long a copy lives there; a carrier's is usually `unknown`, and then we say so. */
  readonly copyLifetimeSeconds: number | 'until-acknowledged' | 'unknown';
  /** Of the other end's account key, on native hops. */
  readonly trust?: 'verified' | 'first-use';
}

/** What a sender is told about the way of a message: every network, who could read it, where, and for how long. */
export interface HopReceipt {
  readonly messageId: MessageId;
  readonly confidentiality: Confidentiality;
  readonly hops: readonly Hop[];
}

/** Builds the receipt; the confidentiality is that of its weakest hop, never what a caller claims. */
export function hopReceipt(messageId: MessageId, hops: readonly Hop[]): HopReceipt {
  const isSealed = hops.every((hop) => hop.readableBy.every((reader) => reader === 'sender' || reader === 'recipient'));
  return { messageId, confidentiality: isSealed ? 'sealed' : 'clear', hops };
}
