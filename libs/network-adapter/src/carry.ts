import { countSegments, utf8, type Capabilities, type Feature } from '@causeway/message-model';
import type { NotDelivered } from './deliver-outcome.js';
import type { ClearOutbound } from './outbound.js';
import { FEATURE_OF_BODY, mediaOf, textsOf } from './outbound-body.js';

/** True when a network carries the feature itself, with losses or without; anything less is the caller's to say in text. */
export const carries = ({ features }: Capabilities, feature: Feature): boolean =>
  features[feature] === 'full' || features[feature] === 'partial';

export const canReact = (capabilities: Capabilities): boolean => carries(capabilities, 'reaction');
export const canEdit = (capabilities: Capabilities): boolean => carries(capabilities, 'edit');
export const canDelete = (capabilities: Capabilities): boolean => carries(capabilities, 'delete');
export const canSendMedia = (capabilities: Capabilities): boolean => carries(capabilities, 'attachment');

/** Every feature a message makes use of. */
export function featuresOf({ body, replyTo, suggestions }: ClearOutbound): readonly Feature[] {
  const hasSuggestions =
    (suggestions?.length ?? 0) > 0 || (body.kind === 'card' && (body.card.suggestions?.length ?? 0) > 0);
  return [
    FEATURE_OF_BODY[body.kind],
    ...(replyTo === undefined ? [] : (['reply'] as const)),
    ...(hasSuggestions || (body.kind === 'carousel' && body.cards.some((card) => (card.suggestions?.length ?? 0) > 0))
      ? (['suggestion'] as const)
      : []),
  ];
}

/**
 * What an adapter answers without a call: a message past its time, that uses what the network does not declare, that says nothing, or
 * that exceeds a declared limit. `undefined` when the network may be asked. Pure; the same rules for every adapter.
 */
export function refuseUndeclared(
  outbound: ClearOutbound,
  capabilities: Capabilities,
  nowMs: number,
): NotDelivered | undefined {
  const { body, expiresAtMs } = outbound;
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return refusal('expired');
  if (featuresOf(outbound).some((feature) => !carries(capabilities, feature))) return refusal('content-rejected');
  if (isEmpty(outbound)) return refusal('content-rejected');
  const { textCharacters = Infinity, textBytes = Infinity, segments = Infinity } = capabilities.limits;
  const { attachmentBytes = Infinity } = capabilities.limits;
  const isTextTooLong = textsOf(body).some((words) => {
    const text = words.reveal();
    return text.length > textCharacters || utf8(text).length > textBytes || countSegments(text).segments > segments;
  });
  if (isTextTooLong || mediaOf(body).some(({ sizeBytes }) => sizeBytes > attachmentBytes)) return refusal('too-large');
  return undefined;
}

function isEmpty({ body }: ClearOutbound): boolean {
  const hasNoWords = textsOf(body).every((words) => words.reveal().trim() === '');
  switch (body.kind) {
    case 'text':
    case 'edit':
      return hasNoWords;
    case 'card':
    case 'carousel':
      return hasNoWords && mediaOf(body).length === 0;
    case 'media':
    case 'reaction':
    case 'delete':
      return false;
  }
}

const refusal = (reason: NotDelivered['reason']): NotDelivered => ({
  kind: 'failed',
  reason,
  retry: 'never',
  certainty: 'not-sent',
});
