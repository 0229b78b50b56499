import {
  conversationUri,
  decodeCbor,
  decodeContent,
  messageIdOf,
  parseConversationId,
  toBytes,
  CausewayError,
  type Bytes,
  type ConversationId,
  type MessageId,
  type MimiContent,
} from '@causeway/message-model';
import type { RefusalReason } from './device-events.js';

/** The inside of a Signal message. */
export type Opened =
  | { readonly kind: 'message'; readonly conversation: ConversationId; readonly content: Bytes }
  | { readonly kind: 'sync'; readonly conversation: ConversationId; readonly peer: string; readonly content: Bytes };

/** `undefined` when it is not one of the two forms a device sends. */
export function readPlaintext(plaintext: Uint8Array): Opened | undefined {
  const fields = decodeFields(plaintext);
  if (!fields) return undefined;
  const [kind, room, ...rest] = fields;
  const conversation = typeof room === 'string' ? parseConversationId(room) : undefined;
  if (!conversation) return undefined;
  if (kind === 'message' && rest.length === 1 && rest[0] instanceof Uint8Array) {
    return { kind, conversation, content: toBytes(rest[0]) };
  }
  const [peer, content] = rest;
  if (kind === 'sync' && rest.length === 2 && typeof peer === 'string' && content instanceof Uint8Array) {
    return { kind, conversation, peer, content: toBytes(content) };
  }
  return undefined;
}

function decodeFields(plaintext: Uint8Array): readonly unknown[] | undefined {
  try {
    const fields = decodeCbor(plaintext);
    return Array.isArray(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}

export type CheckedContent =
  | { readonly kind: 'content'; readonly content: MimiContent }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** The id is a commitment: recomputed from what arrived, it has to be the one the message travelled under. */
export function checkContent(input: {
  readonly content: Bytes;
  readonly senderUri: string;
  readonly host: string;
  readonly conversation: ConversationId;
  readonly claimed: MessageId;
  readonly nowMs: number;
}): CheckedContent {
  try {
    const roomUri = conversationUri(input.host, input.conversation);
    if (messageIdOf({ content: input.content, senderUri: input.senderUri, roomUri }) !== input.claimed) {
      return { kind: 'refused', reason: 'mismatch' };
    }
    return { kind: 'content', content: decodeContent(input.content, input.nowMs) };
  } catch (error) {
    if (error instanceof CausewayError) return { kind: 'refused', reason: 'malformed-content' };
    throw error;
  }
}
