import {
  DISPOSITION,
  MEDIA_TYPE,
  type ExternalPart,
  type MultiPart,
  type NestedPart,
  type SinglePart,
} from './content.js';
import { mediaTypeOf } from './media-type.js';
import { textOfPart } from './plain-text.js';

/** An attachment in words. */
export interface AttachmentLine {
  readonly line: string;
  readonly sizeBytes: number;
  /** Whether the line lets the other person open it. */
  readonly isLink: boolean;
  /** Present when the message itself holds the file. */
  readonly file?: Pick<SinglePart, 'contentType' | 'content'>;
}

/** A message sorted by what a text can do with it. */
export interface PartsReading {
  readonly texts: readonly string[];
  readonly attachments: readonly AttachmentLine[];
  readonly hasMarkdown: boolean;
  /** Something is neither text nor attachment: a picture of a profile, a session, an unknown type. */
  readonly hasOthers: boolean;
  /** It says something about messages or people, and nothing to read. */
  readonly isStatusReport: boolean;
}

const EMPTY: PartsReading = { texts: [], attachments: [], hasMarkdown: false, hasOthers: false, isStatusReport: false };

/** Walks the tree once; of alternatives it takes the one a text says best. */
export function readParts(part: NestedPart): PartsReading {
  switch (part.kind) {
    case 'null':
      return EMPTY;
    case 'single':
      return readSingle(part);
    case 'external':
      return isAside(part.disposition)
        ? { ...EMPTY, hasOthers: true }
        : { ...EMPTY, attachments: [externalLine(part)] };
    case 'multi':
      return part.semantics === 'chooseOne' ? readAlternatives(part) : part.parts.map(readParts).reduce(merge, EMPTY);
  }
}

/** Dispositions that are about the message or its sender rather than part of what is said. */
const isAside = (disposition: number): boolean =>
  disposition === DISPOSITION.profile || disposition === DISPOSITION.icon || disposition === DISPOSITION.preview;

function readSingle(part: SinglePart): PartsReading {
  const mediaType = mediaTypeOf(part.contentType);
  if (mediaType === MEDIA_TYPE.statusReport || mediaType === MEDIA_TYPE.typing)
    return { ...EMPTY, isStatusReport: true };
  if (isAside(part.disposition)) return { ...EMPTY, hasOthers: true };
  if (part.disposition === DISPOSITION.attachment) {
    const { contentType, content } = part;
    const line = leftOut(contentType);
    const file = { contentType, content };
    return { ...EMPTY, attachments: [{ line, sizeBytes: content.length, isLink: false, file }] };
  }
  const found = textOfPart(part);
  if (found === undefined) return { ...EMPTY, hasOthers: true };
  return { ...EMPTY, texts: found.text === '' ? [] : [found.text], hasMarkdown: found.format === 'markdown' };
}

/** The other alternatives are no loss: they say the same. */
function readAlternatives(part: MultiPart): PartsReading {
  const readings = part.parts.map(readParts);
  const isPlain = ({ texts, hasMarkdown, hasOthers }: PartsReading): boolean =>
    texts.length > 0 && !hasMarkdown && !hasOthers;
  return readings.find(isPlain) ?? readings.find(({ texts }) => texts.length > 0) ?? readings[0] ?? EMPTY;
}

/** A link to ciphertext opens nothing for someone who was not given the key, and the key does not belong in a text message. */
function externalLine(part: ExternalPart): AttachmentLine {
  const label = part.filename || part.description;
  if (part.encAlg !== 0) return { line: leftOut(label || part.contentType), sizeBytes: part.sizeBytes, isLink: false };
  return { line: label ? `${label}: ${part.url}` : part.url, sizeBytes: part.sizeBytes, isLink: true };
}

const leftOut = (label: string): string => `[Attachment not included: ${label}]`;

const merge = (a: PartsReading, b: PartsReading): PartsReading => ({
  texts: [...a.texts, ...b.texts],
  attachments: [...a.attachments, ...b.attachments],
  hasMarkdown: a.hasMarkdown || b.hasMarkdown,
  hasOthers: a.hasOthers || b.hasOthers,
  isStatusReport: a.isStatusReport || b.isStatusReport,
});
