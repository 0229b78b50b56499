import { type Capabilities, type Feature } from './capabilities.js';
import { DISPOSITION, type MimiContent } from './content.js';
import { type PartsReading, readParts } from './read-parts.js';
import { countSegments } from './segments.js';
import { utf8 } from './bytes.js';

/** What a message loses on its way to a clear network: the code for programs, the sentence for the person who decides. */
export const LOSSES = {
  formatting: 'Formatting is shown as the signs it is written with.',
  'reply-reference': 'They will not see which message this answers.',
  'reaction-as-text': 'The reaction arrives as a message of its own.',
  'edit-as-text': 'The new words arrive as another message; the old ones stay on their phone.',
  'attachment-as-link': 'The attachment arrives as a link.',
  'attachment-left-out': 'The attachment stays behind; the message says so.',
  'parts-left-out': 'Some of the message cannot be shown there and is left out.',
  'stays-on-their-phone': 'It will not disappear: a copy stays on their phone.',
} as const satisfies Record<string, string>;
/** A code of the table. */
export type Loss = keyof typeof LOSSES;

/** Why a message cannot be said in text at all, with the sentence for its sender. */
export const REFUSALS = {
  'text-not-carried': 'This network carries no text.',
  'deletion-not-possible': 'A message that reached this network cannot be taken back.',
  'reaction-not-carried': 'This network cannot show a reaction.',
  'edit-not-carried': 'This network cannot change a message that was sent.',
  'reply-not-carried': 'This network cannot carry a reply.',
  'formatting-not-carried': 'This network cannot carry formatted text.',
  'attachment-not-carried': 'This network cannot carry an attachment.',
  'attachment-too-large': 'The attachment is larger than this network carries.',
  'expiry-not-carried': 'This network cannot make a message disappear.',
  'expiry-out-of-range': 'This network does not keep a message for that time.',
  'report-not-carried': 'Delivery and read reports stay within native networks.',
  'nothing-to-say': 'Nothing of this message can be said in text.',
  'too-long': 'The message is longer than this network carries.',
} as const satisfies Record<string, string>;
/** A code of the table. */
export type Refusal = keyof typeof REFUSALS;

/** What becomes of a message on a clear network; losses are in the order of `LOSSES`. */
export type Degraded =
  | { readonly kind: 'text'; readonly text: string; readonly losses: readonly Loss[] }
  | { readonly kind: 'refused'; readonly reason: Refusal };

/**
 * What a clear network will carry of a message: an honest text and all that is lost, or the reason why it is not sent.
 * Pure, and used on both sides: the preview a person agrees to is the text the edge hands over. Nobody is named in it.
 * The time left to an absolute expiry is the caller's to check against the limits: it needs a clock.
 */
export function degrade(content: MimiContent, capabilities: Capabilities): Degraded {
  const parts = readParts(content.part);
  const reason = refusalOf(content, parts, capabilities);
  if (reason) return { kind: 'refused', reason };
  const text = wordsOf(content, parts, capabilities);
  if (text === '') return { kind: 'refused', reason: 'nothing-to-say' };
  if (!fits(text, capabilities)) return { kind: 'refused', reason: 'too-long' };
  return { kind: 'text', text, losses: lossesOf(content, parts, capabilities) };
}

const isReaction = (content: MimiContent): boolean => content.part.disposition === DISPOSITION.reaction;

/** In the order a person would want to hear them: what the message is, before what it is made of. */
function refusalOf(content: MimiContent, parts: PartsReading, capabilities: Capabilities): Refusal | undefined {
  const { features, limits } = capabilities;
  const isRefused = (feature: Feature, isUsed: boolean): boolean => isUsed && features[feature] === 'rejected';
  // An edit or a reaction is the whole message: without it nothing is left to send.
  const isLost = (feature: Feature, isUsed: boolean): boolean =>
    isUsed && (features[feature] === 'rejected' || features[feature] === 'dropped');
  if (parts.isStatusReport) return 'report-not-carried';
  if (content.part.kind === 'null') return 'deletion-not-possible';
  if (isLost('text', true)) return 'text-not-carried';
  if (isLost('reaction', isReaction(content))) return 'reaction-not-carried';
  if (isLost('edit', content.replaces !== null && !isReaction(content))) return 'edit-not-carried';
  if (isRefused('reply', isReply(content))) return 'reply-not-carried';
  if (isRefused('markdown', parts.hasMarkdown)) return 'formatting-not-carried';
  if (isRefused('attachment', parts.attachments.length > 0)) return 'attachment-not-carried';
  const largest = limits.attachmentBytes ?? Infinity;
  if (parts.attachments.some(({ sizeBytes }) => sizeBytes > largest)) return 'attachment-too-large';
  return expiryRefusal(content, capabilities);
}

function expiryRefusal({ expires }: MimiContent, { features, limits }: Capabilities): Refusal | undefined {
  if (expires === null) return undefined;
  if (features[expires.relative ? 'expiry-after-reading' : 'expiry-at-time'] === 'rejected')
    return 'expiry-not-carried';
  const isKept = expires.relative && features['expiry-after-reading'] === 'full';
  const { expirySecondsMin = 0, expirySecondsMax = Infinity } = limits;
  const isInRange = expires.timeSeconds >= expirySecondsMin && expires.timeSeconds <= expirySecondsMax;
  return isKept && !isInRange ? 'expiry-out-of-range' : undefined;
}

const isReply = (content: MimiContent): boolean => content.inReplyTo !== null && !isReaction(content);

function wordsOf(content: MimiContent, parts: PartsReading, { features }: Capabilities): string {
  if (isReaction(content)) return parts.texts.length > 0 ? `Reacted ${parts.texts.join(' ')}` : '';
  const lines = [
    ...parts.texts,
    ...(features.attachment === 'dropped' ? [] : parts.attachments.map(({ line }) => line)),
  ];
  const words = lines.join('\n');
  return content.replaces !== null && words !== '' ? `Edited: ${words}` : words;
}

function fits(text: string, { limits }: Capabilities): boolean {
  const { textCharacters = Infinity, textBytes = Infinity, segments = Infinity } = limits;
  return text.length <= textCharacters && utf8(text).length <= textBytes && countSegments(text).segments <= segments;
}

function lossesOf(content: MimiContent, parts: PartsReading, { features }: Capabilities): readonly Loss[] {
  const { expires } = content;
  const expiry = expires?.relative ? features['expiry-after-reading'] : features['expiry-at-time'];
  const isDropped = features.attachment === 'dropped';
  const found: Readonly<Record<Loss, boolean>> = {
    formatting: parts.hasMarkdown && features.markdown !== 'full',
    'reply-reference': isReply(content),
    'reaction-as-text': isReaction(content),
    'edit-as-text': content.replaces !== null,
    'attachment-as-link': !isDropped && parts.attachments.some(({ isLink }) => isLink),
    'attachment-left-out': !isDropped && parts.attachments.some(({ isLink }) => !isLink),
    'parts-left-out': parts.hasOthers || (isDropped && parts.attachments.length > 0),
    'stays-on-their-phone': expires !== null && expiry !== 'full',
  };
  return LOSS_CODES.filter((loss) => found[loss]);
}

const LOSS_CODES = Object.keys(LOSSES).filter((code): code is Loss => Object.hasOwn(LOSSES, code));
