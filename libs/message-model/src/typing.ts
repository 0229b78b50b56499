import { toBytes } from './bytes.js';
import { buildContent, type ContentHeader } from './build-content.js';
import { DISPOSITION, EXTERNAL_ID_EXTENSION, MEDIA_TYPE, type MimiContent } from './content.js';
import { mediaTypeOf } from './media-type.js';

/** That someone writes, or has stopped; worth nothing some seconds later, so it is sent with as little time to live. */
export function typingContent(input: ContentHeader & { readonly isTyping: boolean }): MimiContent {
  return buildContent(input, null, {
    kind: 'single',
    disposition: DISPOSITION.unspecified,
    language: '',
    contentType: MEDIA_TYPE.typing,
    content: toBytes(Uint8Array.of(input.isTyping ? 1 : 0)),
  });
}

/** What a message says of typing; `undefined` when it is about something else. */
export function typingOf({ part }: MimiContent): boolean | undefined {
  if (part.kind !== 'single' || mediaTypeOf(part.contentType) !== MEDIA_TYPE.typing) return undefined;
  return part.content[0] === 1;
}

/** What the network that brought a message calls it, where its reader may have to name it to that network. */
export function externalIdOf({ extensions }: Pick<MimiContent, 'extensions'>): string | undefined {
  const id = extensions.get(EXTERNAL_ID_EXTENSION);
  return typeof id === 'string' && id !== '' ? id : undefined;
}
