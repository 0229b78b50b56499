import { createHash } from 'node:crypto';
import {
  FEATURES,
  LOSSES,
  REFUSALS,
  SUPPORT,
  countSegments,
  degrade,
  encodeCbor,
  toBytes,
  type Bytes,
  type Capabilities,
  type ContentCard,
  type Degraded,
  type MimiContent,
  type Refusal,
} from '@causeway/message-model';
import type { ClearPlan } from '@causeway/api-contract';
import { z } from 'zod';
import type { Preview, ShownMessage } from './records.js';

export type PreviewResult =
  { readonly kind: 'preview'; readonly preview: Preview } | { readonly kind: 'refused'; readonly reason: Refusal };

const limit = z.number().nonnegative().optional();
const capabilitiesSchema = z.object({
  features: z.record(z.enum(FEATURES), z.enum(SUPPORT)),
  limits: z.object({
    textCharacters: limit,
    captionCharacters: limit,
    textBytes: limit,
    segments: limit,
    attachmentBytes: limit,
    expirySecondsMin: limit,
    expirySecondsMax: limit,
  }),
});

/** Who can read a message on its way and after it, per network: whoever might, at worst. */
const READABLE_BY: Readonly<Record<string, readonly string[]>> = {
  sms: ['you', 'the recipient', 'this Causeway edge', 'the carriers'],
  rcs: ['you', 'the recipient', 'this Causeway edge', 'the RCS provider', 'the carriers'],
};
/** All who may read what goes over a network, at worst. */
export const readersOf = (network: string): readonly string[] =>
  READABLE_BY[network] ?? ['you', 'the recipient', 'this Causeway edge', `all who run ${network}`];

export const COPY_LIFETIME = {
  text: 'stays on their phone',
  media: 'stays on their phone, and the file with the carrier for as long as the carrier keeps it',
} as const;

/**
 * What will arrive on the other phone, per network of the plan, computed here from what the plan says each can carry: the person who
 * decides is shown this and nothing a server wrote. Refused when no network of the plan carries the message.
 */
export function previewOf(
  content: MimiContent,
  plan: Pick<ClearPlan, 'networks' | 'capabilities' | 'simulated'>,
): PreviewResult {
  const looks = plan.networks.map((network) => {
    const capabilities = readCapabilities(plan.capabilities, network);
    return { network, capabilities, degraded: degrade(content, capabilities) };
  });
  const carried = looks.flatMap(({ network, capabilities, degraded }) => {
    if (degraded.kind === 'refused') return [];
    const isInSegments = network === 'sms' || capabilities.limits.segments !== undefined;
    return [shownOver(network, degraded, { isInSegments, isSimulated: plan.simulated.includes(network) })];
  });
  const refusals = looks.flatMap(({ network, degraded }) =>
    degraded.kind === 'refused' ? [{ network, reason: degraded.reason }] : [],
  );
  const [first, ...fallbacks] = carried;
  if (!first) return { kind: 'refused', reason: refusals[0]?.reason ?? 'text-not-carried' };
  const networks = carried.map(({ network }) => network);
  const notOver = refusals.map(({ network, reason }) => ({ network, why: REFUSALS[reason] }));
  return { kind: 'preview', preview: { ...first, networks, fallbacks, notOver } };
}

function shownOver(
  network: string,
  degraded: Exclude<Degraded, { kind: 'refused' }>,
  { isInSegments, isSimulated }: { readonly isInSegments: boolean; readonly isSimulated: boolean },
): ShownMessage {
  const { kind, losses } = degraded;
  const text = kind === 'cards' ? '' : degraded.text;
  const cards = kind === 'cards' ? degraded.cards : [];
  const hasFile = kind === 'media' || cards.some(({ media }) => media);
  return {
    network,
    text,
    file:
      kind === 'media' ? { contentType: degraded.file.contentType, sizeBytes: degraded.file.content.byteLength } : null,
    cards: cards.map(shownCard),
    losses: losses.map((loss) => LOSSES[loss]),
    readableBy: [...readersOf(network)],
    copyLifetime: COPY_LIFETIME[hasFile ? 'media' : 'text'],
    // a message with a file is no SMS, and counts as one
    segments: isInSegments && kind === 'text' ? countSegments(text).segments : 1,
    isSimulated,
  };
}

const shownCard = ({
  title = '',
  description = '',
  media,
  suggestions = [],
}: ContentCard): ShownMessage['cards'][number] => ({
  title,
  description,
  file: media ? { contentType: media.contentType, sizeBytes: media.content.byteLength } : null,
  suggestions: suggestions.map(({ text }) => text),
});

/** SHA-256 over what the person was shown; part of the statement they sign. The content's salt keeps others from trying words. */
export function previewDigest(preview: Preview, salt: Bytes): Bytes {
  const { networks, fallbacks, notOver } = preview;
  const shown = encodeCbor([
    'causeway-preview-v3',
    salt,
    networks,
    [preview, ...fallbacks].map(fieldsOf),
    notOver.map(({ network, why }) => [network, why]),
  ]);
  return toBytes(createHash('sha256').update(shown).digest());
}

/** Compared on this device only, so there is nobody to hide it from. */
const NO_SALT = new Uint8Array(0);
export const previewsEqual = (a: Preview, b: Preview): boolean =>
  Buffer.compare(previewDigest(a, NO_SALT), previewDigest(b, NO_SALT)) === 0;

const fieldsOf = (shown: ShownMessage): readonly unknown[] => [
  shown.network,
  shown.text,
  shown.file && [shown.file.contentType, shown.file.sizeBytes],
  shown.cards.map(({ title, description, file, suggestions }) => [
    title,
    description,
    file && [file.contentType, file.sizeBytes],
    suggestions,
  ]),
  shown.losses,
  shown.readableBy,
  shown.copyLifetime,
  shown.segments,
  shown.isSimulated,
];

/** A plan describes its one network, or each of its networks by name. */
function readCapabilities(described: Readonly<Record<string, unknown>>, network: string): Capabilities {
  const parsed = capabilitiesSchema.parse('features' in described ? described : described[network]);
  const limits = Object.entries(parsed.limits).filter(([, value]) => value !== undefined);
  return { features: parsed.features, limits: Object.fromEntries(limits) };
}
