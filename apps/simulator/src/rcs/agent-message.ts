import { z } from 'zod';

/** Limits of the RBM guides: characters are UTF-16 units here, the strictest reading. */
const URL_FIELD = z.url({ protocol: /^https?$/ });
const chip = { text: z.string().min(1).max(25), postbackData: z.string().min(1).max(2_048) };

const LOCATION = z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });

const SUGGESTION = z.union([
  z.strictObject({ reply: z.strictObject(chip) }),
  z.strictObject({
    action: z.union([
      z.strictObject({ ...chip, dialAction: z.strictObject({ phoneNumber: z.string().regex(/^\+[1-9]\d{6,14}$/) }) }),
      z.strictObject({ ...chip, openUrlAction: z.strictObject({ url: URL_FIELD }) }),
      z.strictObject({ ...chip, shareLocationAction: z.strictObject({}) }),
      z.strictObject({
        ...chip,
        viewLocationAction: z.strictObject({ latLong: LOCATION, label: z.string().max(100).optional() }),
      }),
    ]),
  }),
]);

const CONTENT_INFO = z.strictObject({
  fileUrl: URL_FIELD,
  thumbnailUrl: URL_FIELD.optional(),
  forceRefresh: z.boolean().optional(),
});

const MEDIA = z.strictObject({
  height: z.enum(['SHORT', 'MEDIUM', 'TALL']),
  contentInfo: CONTENT_INFO.optional(),
  fileName: z.string().max(100).optional(),
});

const CARD_CONTENT = z
  .strictObject({
    title: z.string().max(200).optional(),
    description: z.string().max(2_000).optional(),
    media: MEDIA.optional(),
    suggestions: z.array(SUGGESTION).max(4).optional(),
  })
  .refine(({ title, description, media }) => title || description || media, 'a card says something');

const RICH_CARD = z.union([
  z.strictObject({
    standaloneCard: z.strictObject({
      cardOrientation: z.enum(['HORIZONTAL', 'VERTICAL']).default('VERTICAL'),
      thumbnailImageAlignment: z.enum(['LEFT', 'RIGHT']).optional(),
      cardContent: CARD_CONTENT,
    }),
  }),
  z.strictObject({
    carouselCard: z.strictObject({
      cardWidth: z.enum(['SMALL', 'MEDIUM']).default('MEDIUM'),
      cardContents: z.array(CARD_CONTENT).min(2).max(10),
    }),
  }),
]);

const CONTENT_MESSAGE = z
  .strictObject({
    text: z.string().min(1).max(3_072).optional(),
    fileName: z.string().max(100).optional(),
    uploadedRbmFile: z.strictObject({ fileName: z.string(), thumbnailName: z.string().optional() }).optional(),
    contentInfo: CONTENT_INFO.optional(),
    richCard: RICH_CARD.optional(),
    suggestions: z.array(SUGGESTION).max(11).optional(),
  })
  .refine(
    ({ text, fileName, uploadedRbmFile, contentInfo, richCard }) =>
      [text, fileName, uploadedRbmFile, contentInfo, richCard].filter((each) => each !== undefined).length === 1,
    'a message is exactly one of text, a file and a card',
  );

const LONGEST_TTL_SECONDS = 15 * 86_400;

/**
 * The body of `POST phones/{e164}/agentMessages` in JSON. `encryption` is this network's own: `REQUIRED` is refused rather than carried in
 * the clear, where RBM has no end-to-end encryption at all.
 */
export const AGENT_MESSAGE = z
  .strictObject({
    contentMessage: CONTENT_MESSAGE,
    messageTrafficType: z
      .enum(['AUTHENTICATION', 'TRANSACTION', 'PROMOTION', 'SERVICEREQUEST', 'ACKNOWLEDGEMENT'])
      .optional(),
    ttl: z
      .string()
      .regex(/^\d{1,8}(\.\d{1,9})?s$/)
      .transform((text) => Number(text.slice(0, -1)))
      .refine((seconds) => seconds > 0 && seconds <= LONGEST_TTL_SECONDS)
      .optional(),
    expireTime: z.iso.datetime({ offset: true }).optional(),
    encryption: z.enum(['REQUIRED', 'OPPORTUNISTIC']).default('OPPORTUNISTIC'),
  })
  .refine(({ ttl, expireTime }) => ttl === undefined || expireTime === undefined, 'ttl or expireTime, not both');

export type AgentMessage = z.infer<typeof AGENT_MESSAGE>;
export type ContentMessage = z.infer<typeof CONTENT_MESSAGE>;
export type CardContent = z.infer<typeof CARD_CONTENT>;
export { LOCATION, LONGEST_TTL_SECONDS };

/** Milliseconds since the epoch after which it must not be delivered; `undefined` without a limit, `invalid` out of range. */
export function expiryOf({ ttl, expireTime }: AgentMessage, nowMs: number): number | undefined | 'invalid' {
  if (ttl !== undefined) return nowMs + ttl * 1_000;
  if (expireTime === undefined) return undefined;
  const atMs = Date.parse(expireTime);
  return atMs > nowMs && atMs <= nowMs + (LONGEST_TTL_SECONDS + 60) * 1_000 ? atMs : 'invalid';
}

const cardsOf = ({ richCard }: ContentMessage): readonly CardContent[] => {
  if (richCard === undefined) return [];
  return 'standaloneCard' in richCard ? [richCard.standaloneCard.cardContent] : richCard.carouselCard.cardContents;
};

/** Every address the network has to fetch a file from before a handset can show it. */
export const fileUrlsOf = (content: ContentMessage): readonly string[] =>
  [content.contentInfo?.fileUrl, ...cardsOf(content).map(({ media }) => media?.contentInfo?.fileUrl)].filter(
    (url) => url !== undefined,
  );

/** Every uploaded file it names. */
export const fileNamesOf = (content: ContentMessage): readonly string[] =>
  [content.fileName, content.uploadedRbmFile?.fileName, ...cardsOf(content).map(({ media }) => media?.fileName)].filter(
    (name) => name !== undefined,
  );
