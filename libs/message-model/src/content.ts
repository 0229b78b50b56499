import { type Bytes } from './bytes.js';
import { type MessageId } from './ids.js';

/**
 * The decoded form of a MIMI content message, draft-ietf-mimi-content-08 (CDDL in its appendix).
 * The wire form is a positional array; these names are the draft's. `encodeContent` and `decodeContent` are the only way across.
 */
export interface MimiContent {
  /** Exactly 16 random bytes; it blinds the message id and is the franking key. */
  readonly salt: Bytes;
  /** The id of the first version of the message this one edits or deletes, also for a second edit. */
  readonly replaces: MessageId | null;
  /** Opaque, at most 4,096 bytes; empty means no topic. */
  readonly topicId: Bytes;
  readonly expires: Expiration | null;
  /** The id of one specific version of a message. */
  readonly inReplyTo: MessageId | null;
  /** Keys: non-zero integers, or text of 1 to 255 bytes. Values: what CBOR can say within four levels. Maps are `Map`, tags `CborTag`. */
  readonly extensions: ReadonlyMap<number | string, unknown>;
  readonly part: NestedPart;
}

/** A hint to the receiver. Relative: seconds after the message is read. Absolute: seconds since the epoch. */
export interface Expiration {
  readonly relative: boolean;
  readonly timeSeconds: number;
}

/** What a part is for, 0 to 255. A value without a name here is rendered. */
export type Disposition = number;

/** The dispositions the draft names. */
export const DISPOSITION = {
  unspecified: 0,
  render: 1,
  reaction: 2,
  profile: 3,
  inline: 4,
  icon: 5,
  attachment: 6,
  session: 7,
  preview: 8,
} as const satisfies Record<string, Disposition>;

/** Keys of the extensions map that the draft itself defines. Ours would be negative or text: positive ones belong to IANA. */
export const EXTENSION = { senderUri: 1, roomUri: 2 } as const;

/**
 * Our own key of the extensions map: the words a reply or a reaction is about, cut short. Only in messages to clear networks, which have no
 * other way to say it.
 */
export const QUOTE_EXTENSION = 'causeway.quote';

/**
 * Our own key: what the network that brought a message calls it. Only in messages from clear networks, inside the seal, so that their reader
 * can name it to that network.
 */
export const EXTERNAL_ID_EXTENSION = 'causeway.external-id';

/** The content types we write. */
export const MEDIA_TYPE = {
  plain: 'text/plain;charset=utf-8',
  markdown: 'text/markdown;variant=GFM-MIMI',
  statusReport: 'application/mimi-message-status',
  /** Ours: cards with things to tap, always beside the same in words. */
  cards: 'application/vnd.causeway.cards',
  /** Ours: that someone writes at this moment. One byte, 1 or 0. */
  typing: 'application/vnd.causeway.typing',
} as const;

interface PartHeader {
  readonly disposition: Disposition;
  /** Empty, or RFC 5646 tags separated by commas; an unknown one is no error. */
  readonly language: string;
}

/** No body: what deletes a message or takes a reaction back. */
export interface NullPart extends PartHeader {
  readonly kind: 'null';
}

/** Content in the message itself. */
export interface SinglePart extends PartHeader {
  readonly kind: 'single';
  readonly contentType: string;
  readonly content: Bytes;
}

/** Content by reference. The key travels in here, the ciphertext does not. */
export interface ExternalPart extends PartHeader {
  readonly kind: 'external';
  readonly contentType: string;
  readonly url: string;
  /** Seconds since the epoch; 0 means never. */
  readonly expires: number;
  /** 0 means unknown. */
  readonly sizeBytes: number;
  /** IANA AEAD number; 1 is AES-128-GCM, 0 is not encrypted, and then key, nonce and aad are empty. */
  readonly encAlg: number;
  readonly key: Bytes;
  readonly nonce: Bytes;
  readonly aad: Bytes;
  /** IANA named-information hash number; 1 is sha-256. */
  readonly hashAlg: number;
  /** Over the bytes found at the URL, so over the ciphertext. */
  readonly contentHash: Bytes;
  readonly description: string;
  readonly filename: string;
}

/** How the parts of a multipart belong together; the position is the number on the wire. */
export const PART_SEMANTICS = ['chooseOne', 'singleUnit', 'processAll'] as const;
/** One of them. */
export type PartSemantics = (typeof PART_SEMANTICS)[number];

/** Several parts, with what they are to each other. */
export interface MultiPart extends PartHeader {
  readonly kind: 'multi';
  readonly semantics: PartSemantics;
  /** Two or more. */
  readonly parts: readonly NestedPart[];
}

/** The body of a message: a tree of at most four levels. */
export type NestedPart = NullPart | SinglePart | ExternalPart | MultiPart;

/** Beyond any of these a message is discarded as malicious (the draft's security considerations). */
export const CONTENT_LIMITS = {
  saltBytes: 16,
  topicIdBytes: 4096,
  /** The outermost part is level 1. */
  partLevels: 4,
  /** Every part counts, those that hold others too. */
  parts: 1024,
  extensionKeyBytes: 255,
  extensionLevels: 4,
  expirySeconds: 365 * 86_400,
} as const;
