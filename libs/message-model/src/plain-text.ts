import { type MimiContent, type MultiPart, type NestedPart, type SinglePart } from './content.js';
import { isUtf8Text, mediaTypeOf } from './media-type.js';

/** How a part is written. Markdown is fit to be read as it stands (the draft allows to render it as plain text). */
export type TextFormat = 'plain' | 'markdown';

/** A text and how it is written. */
export interface PartText {
  readonly text: string;
  readonly format: TextFormat;
}

/**
 * The best text of a message: that of a text/plain or text/markdown part. Of alternatives the plain one is chosen, of several parts to be
 * shown together the texts are joined by a line break. `undefined` when there is no such part, or what claims to be UTF-8 is not.
 */
export function plainTextOf(content: MimiContent): string | undefined {
  return textOfPart(content.part)?.text;
}

/** As `plainTextOf`, for one part. */
export function textOfPart(part: NestedPart): PartText | undefined {
  switch (part.kind) {
    case 'null':
    case 'external':
      return undefined;
    case 'single':
      return textOfSingle(part);
    case 'multi':
      return part.semantics === 'chooseOne' ? chooseText(part) : joinTexts(part);
  }
}

const FORMATS: ReadonlyMap<string, TextFormat> = new Map([
  ['text/plain', 'plain'],
  ['text/markdown', 'markdown'],
]);

function textOfSingle(part: SinglePart): PartText | undefined {
  const format = FORMATS.get(mediaTypeOf(part.contentType));
  if (format === undefined || !isUtf8Text(part.contentType)) return undefined;
  const text = decodeUtf8(part.content);
  // GFM-MIMI sends the `<` of whatever looks like an HTML tag as an entity.
  return text === undefined ? undefined : { format, text: format === 'markdown' ? text.replaceAll('&lt;', '<') : text };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function textsOf(part: MultiPart): readonly PartText[] {
  return part.parts.map(textOfPart).filter((found) => found !== undefined);
}

function chooseText(part: MultiPart): PartText | undefined {
  const texts = textsOf(part);
  return texts.find(({ format }) => format === 'plain') ?? texts[0];
}

function joinTexts(part: MultiPart): PartText | undefined {
  const texts = textsOf(part);
  if (texts.length === 0) return undefined;
  const format = texts.some((each) => each.format === 'markdown') ? 'markdown' : 'plain';
  return { format, text: texts.map(({ text }) => text).join('\n') };
}
