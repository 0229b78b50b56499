import { randomBytes } from 'node:crypto';
import { toBytes, utf8, type Bytes } from './bytes.js';
import {
  CONTENT_LIMITS,
  DISPOSITION,
  EXTENSION,
  EXTERNAL_ID_EXTENSION,
  QUOTE_EXTENSION,
  MEDIA_TYPE,
  type Expiration,
  type ExternalPart,
  type MimiContent,
  type NestedPart,
  type PartSemantics,
  type SinglePart,
} from './content.js';
import { type MessageId } from './ids.js';
import { shortQuote } from './quote.js';
import { encodeStatusReport, type StatusReport } from './status-report.js';
import { type TextFormat } from './plain-text.js';

/** What every message says about itself. The URIs enter the extensions and, later, the message id: use the same for both. */
export interface ContentHeader {
  readonly senderUri: string;
  /** The conversation, from `conversationUri`. */
  readonly roomUri: string;
  readonly inReplyTo?: MessageId | undefined;
  /** Words of the message it is about, for networks that have no other way to name it; cut short. */
  readonly quote?: string | undefined;
  readonly expires?: Expiration | undefined;
  readonly topicId?: Bytes | undefined;
  /** What the network that brought it calls it; only on the way in. */
  readonly externalId?: string | undefined;
  /** RFC 5646 tag of the words; empty when not known. */
  readonly language?: string | undefined;
  /** 16 bytes; random unless a test needs to know them. A salt is used for one message only. */
  readonly salt?: Bytes | undefined;
}

interface TextFields {
  readonly text: string;
  /** Plain unless it says otherwise. */
  readonly format?: TextFormat | undefined;
}

/** A message of words; with `inReplyTo`, a reply. Limits are checked by `encodeContent`, here and for every builder below. */
export function textContent(input: ContentHeader & TextFields): MimiContent {
  return buildContent(input, null, textPart(input, DISPOSITION.render, input.language));
}

/** One reaction, or several at once: each is a part of its own, never one string (draft, section on reactions). */
export function reactionContent(
  input: ContentHeader & { readonly inReplyTo: MessageId; readonly reaction: string | readonly string[] },
): MimiContent {
  const reactions = typeof input.reaction === 'string' ? [input.reaction] : input.reaction;
  const parts = reactions.map((text) => textPart({ text }, DISPOSITION.reaction, ''));
  return buildContent(input, null, together(parts, DISPOSITION.reaction));
}

/** New words for a message. `replaces` is its first version, also when it was edited before; only its sender may. */
export function editContent(input: ContentHeader & TextFields & { readonly replaces: MessageId }): MimiContent {
  return buildContent(input, input.replaces, textPart(input, DISPOSITION.render, input.language));
}

/** Takes a message back. `replaces` is its first version. */
export function deleteContent(input: ContentHeader & { readonly replaces: MessageId }): MimiContent {
  return buildContent(input, input.replaces, { kind: 'null', disposition: DISPOSITION.render, language: '' });
}

/** Takes a reaction back. `replaces` is the message that was the reaction. */
export function unreactContent(input: ContentHeader & { readonly replaces: MessageId }): MimiContent {
  return buildContent(input, input.replaces, { kind: 'null', disposition: DISPOSITION.reaction, language: '' });
}

/** Where an attachment lies and how to open it; what is absent takes the draft's value for "none". */
export type AttachmentReference = Pick<ExternalPart, 'contentType' | 'url' | 'hashAlg' | 'contentHash'> &
  Partial<
    Pick<ExternalPart, 'expires' | 'sizeBytes' | 'encAlg' | 'key' | 'nonce' | 'aad' | 'description' | 'filename'>
  >;

/** Content by reference, with or without words beside it. */
export function attachmentContent(
  input: ContentHeader & { readonly attachment: AttachmentReference; readonly caption?: string | undefined },
): MimiContent {
  const language = input.language ?? '';
  const reference: ExternalPart = {
    ...NOTHING_STATED,
    ...input.attachment,
    kind: 'external',
    disposition: DISPOSITION.attachment,
    language,
  };
  if (input.caption === undefined) return buildContent(input, null, reference);
  return buildContent(
    input,
    null,
    together([textPart({ text: input.caption }, DISPOSITION.render, language), reference]),
  );
}

const NONE = toBytes(new Uint8Array(0));
const NOTHING_STATED = {
  expires: 0,
  sizeBytes: 0,
  encAlg: 0,
  key: NONE,
  nonce: NONE,
  aad: NONE,
  description: '',
  filename: '',
} as const;

/** A file in the message itself. */
export interface InlineFile {
  /** Media type, parameters allowed. */
  readonly contentType: string;
  readonly content: Bytes;
}

/** Files in the message itself, with or without words before them; at least one of both. What it may measure is the sealing's to limit. */
export function filesContent(
  input: ContentHeader & { readonly files: readonly InlineFile[]; readonly text?: string | undefined },
): MimiContent {
  const { files, text, language = '' } = input;
  const words = text === undefined ? [] : [textPart({ text }, DISPOSITION.render, language)];
  const fileParts = files.map((file): SinglePart => ({
    ...file,
    kind: 'single',
    disposition: DISPOSITION.attachment,
    language,
  }));
  return buildContent(input, null, together([...words, ...fileParts]));
}

/** Several parts; `replaces` makes it an edit. */
export function multipartContent(
  input: ContentHeader & {
    readonly semantics: PartSemantics;
    readonly parts: readonly NestedPart[];
    readonly replaces?: MessageId | undefined;
  },
): MimiContent {
  const { semantics, parts, language } = input;
  const part: NestedPart = {
    kind: 'multi',
    disposition: DISPOSITION.render,
    language: language ?? '',
    semantics,
    parts,
  };
  return buildContent(input, input.replaces ?? null, part);
}

/** What became of messages of this conversation, for its other end; sealed like any message. */
export function statusContent(input: ContentHeader & { readonly report: StatusReport }): MimiContent {
  return buildContent(input, null, {
    kind: 'single',
    disposition: DISPOSITION.unspecified,
    language: '',
    contentType: MEDIA_TYPE.statusReport,
    content: encodeStatusReport(input.report),
  });
}

function textPart({ text, format }: TextFields, disposition: number, language = ''): SinglePart {
  return { kind: 'single', disposition, language, contentType: MEDIA_TYPE[format ?? 'plain'], content: utf8(text) };
}

/** A multipart needs two: one part stands alone. */
function together(parts: readonly NestedPart[], disposition: number = DISPOSITION.render): NestedPart {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  return { kind: 'multi', disposition, language: '', semantics: 'processAll', parts };
}

/** The frame of every message: a salt of its own, and what it says about itself. */
export function buildContent(header: ContentHeader, replaces: MessageId | null, part: NestedPart): MimiContent {
  return {
    salt: header.salt ?? toBytes(randomBytes(CONTENT_LIMITS.saltBytes)),
    replaces,
    topicId: header.topicId ?? NONE,
    expires: header.expires ?? null,
    inReplyTo: header.inReplyTo ?? null,
    extensions: new Map<number | string, unknown>([
      [EXTENSION.senderUri, header.senderUri],
      [EXTENSION.roomUri, header.roomUri],
      ...(header.quote === undefined ? [] : [[QUOTE_EXTENSION, shortQuote(header.quote)] as const]),
      ...(header.externalId === undefined ? [] : [[EXTERNAL_ID_EXTENSION, header.externalId] as const]),
    ]),
    part,
  };
}
