import { createHash } from 'node:crypto';
import {
  FEATURES,
  LOSSES,
  SUPPORT,
  countSegments,
  degrade,
  encodeCbor,
  toBytes,
  type Bytes,
  type Capabilities,
  type MimiContent,
  type Refusal,
} from '@causeway/message-model';
import type { ClearPlan } from '@causeway/api-contract';
import { z } from 'zod';
import type { Preview } from './records.js';

export type PreviewResult =
  { readonly kind: 'preview'; readonly preview: Preview } | { readonly kind: 'refused'; readonly reason: Refusal };

const limit = z.number().nonnegative().optional();
const capabilitiesSchema = z.object({
  features: z.record(z.enum(FEATURES), z.enum(SUPPORT)),
  limits: z.object({
    textCharacters: limit,
    textBytes: limit,
    segments: limit,
    attachmentBytes: limit,
    expirySecondsMin: limit,
    expirySecondsMax: limit,
  }),
});

/**
 * What will arrive on the other phone, computed here from what the plan says the first network can carry: the person who
 * decides is shown this and nothing a server wrote.
 */
export function previewOf(
  content: MimiContent,
  plan: Pick<ClearPlan, 'networks' | 'capabilities' | 'simulated'>,
): PreviewResult {
  const network = plan.networks[0] ?? 'sms';
  const degraded = degrade(content, readCapabilities(plan.capabilities, network));
  if (degraded.kind === 'refused') return degraded;
  return {
    kind: 'preview',
    preview: {
      network,
      networks: [...plan.networks],
      text: degraded.text,
      losses: degraded.losses.map((loss) => LOSSES[loss]),
      readableBy: ['you', 'the recipient', 'this Causeway edge', 'the carriers'],
      copyLifetime: 'stays on their phone',
      segments: countSegments(degraded.text).segments,
      isSimulated: plan.simulated.some((simulated) => simulated === network),
    },
  };
}

/** SHA-256 over what the person was shown; part of the statement they sign. The content's salt keeps others from trying words. */
export function previewDigest(preview: Preview, salt: Bytes): Bytes {
  const shown = encodeCbor([
    'causeway-preview-v1',
    salt,
    preview.network,
    preview.networks,
    preview.text,
    preview.losses,
    preview.readableBy,
    preview.copyLifetime,
    preview.segments,
    preview.isSimulated,
  ]);
  return toBytes(createHash('sha256').update(shown).digest());
}

/** A plan describes its one network, or each of its networks by name. */
function readCapabilities(described: Readonly<Record<string, unknown>>, network: string): Capabilities {
  const parsed = capabilitiesSchema.parse('features' in described ? described : described[network]);
  const limits = Object.entries(parsed.limits).filter(([, value]) => value !== undefined);
  return { features: parsed.features, limits: Object.fromEntries(limits) };
}
