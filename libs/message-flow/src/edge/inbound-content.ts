import {
  filesContent,
  reactionContent,
  textContent,
  typingContent,
  type ContentHeader,
  type InlineFile,
  type MessageId,
  type MimiContent,
} from '@causeway/message-model';
import {
  canFetchMedia,
  type ClearAdapter,
  type InboundMedia,
  type InboundMessage,
  type InboundReaction,
  type TypingEvent,
} from '@causeway/network-adapter';

/** What a person sent, without what only the transport needs. */
export type Arrival = InboundMessage | InboundReaction | TypingEvent;

/** Bytes of all files that travel inside one sealed message. With the words, the content stays below what a box may hold. */
export const INLINE_BYTES = 48 * 1024;
/** A carrier sends ten at most; more than that is nobody's picture. */
const MOST_FILES = 10;

/** The files of a message that came along, and a line in words for each that did not: nothing is left out in silence. */
export interface FetchedFiles {
  readonly files: readonly InlineFile[];
  readonly notices: readonly string[];
}

/** Fetches what came with a message, as far as it fits the seal; the network is asked once more where it gave no answer. Never throws. */
export async function fetchFiles(adapter: ClearAdapter | undefined, arrival: Arrival): Promise<FetchedFiles> {
  const media = arrival.kind === 'message' ? arrival.media : [];
  const answers = await Promise.all(
    media.map(async (one, index) => (index < MOST_FILES ? fetchOne(adapter, one) : ({ kind: 'too-many' } as const))),
  );
  const files: InlineFile[] = [];
  const notices: string[] = [];
  let room = INLINE_BYTES;
  for (const [index, one] of media.entries()) {
    const answer = answers[index];
    if (answer?.kind === 'media' && answer.content.byteLength <= room) {
      files.push({ contentType: answer.contentType, content: answer.content });
      room -= answer.content.byteLength;
    } else notices.push(noticeOf(one, answer));
  }
  return { files, notices };
}

async function fetchOne(adapter: ClearAdapter | undefined, { url, sizeBytes }: InboundMedia) {
  if (!adapter || !canFetchMedia(adapter)) return { kind: 'not-fetched' } as const;
  if (sizeBytes !== undefined && sizeBytes > INLINE_BYTES) return { kind: 'too-large' } as const;
  const first = await adapter.fetchMedia(url, INLINE_BYTES);
  return first.kind === 'unavailable' ? adapter.fetchMedia(url, INLINE_BYTES) : first;
}

type Answer = Awaited<ReturnType<typeof fetchOne>> | { readonly kind: 'too-many' } | undefined;

function noticeOf({ contentType, sizeBytes }: InboundMedia, answer: Answer): string {
  const size = answer?.kind === 'media' ? answer.content.byteLength : sizeBytes;
  const about = size === undefined ? contentType : `${contentType}, ${Math.ceil(size / 1024)} KiB`;
  return `[Attachment not carried over: ${about}; ${whyNot(answer)}]`;
}

function whyNot(answer: Answer): string {
  switch (answer?.kind) {
    case 'media':
    case 'too-large':
      return 'too large';
    case 'gone':
      return 'no longer there';
    case 'too-many':
      return 'too many';
    case 'unavailable':
    case 'not-fetched':
    case undefined:
      return 'could not be fetched';
  }
}

/** The message of ours that an arrival is about: `undefined` when it is about none, or that one is not known any more. */
export type About = { readonly isAbout: boolean; readonly messageId: MessageId | undefined };

/**
 * What came from a clear network as MIMI content. A tapped suggestion is the words that stood on it. A reaction and an answer name the
 * message of ours they are about; one that is not known any more is said in words.
 */
export function contentOfArrival(
  arrival: Arrival,
  { files, notices }: FetchedFiles,
  given: Pick<ContentHeader, 'senderUri' | 'roomUri' | 'externalId'>,
  { isAbout, messageId: inReplyTo }: About,
): MimiContent {
  const header = { ...given, inReplyTo };
  if (arrival.kind === 'typing') return typingContent({ ...given, isTyping: arrival.isTyping });
  if (arrival.kind === 'reaction') {
    const reaction = arrival.emoji?.reveal();
    if (reaction !== undefined && inReplyTo) return reactionContent({ ...given, inReplyTo, reaction });
    const text = reaction === undefined ? '[Took back a reaction]' : `[Reacted ${reaction} to an earlier message]`;
    return textContent({ ...header, text });
  }
  const about = isAbout && !inReplyTo ? ['[Answers an earlier message]'] : [];
  const text = [...about, arrival.text.reveal(), ...notices].filter((line) => line !== '').join('\n');
  return files.length === 0
    ? textContent({ ...header, text })
    : filesContent({ ...header, files, text: text === '' ? undefined : text });
}
