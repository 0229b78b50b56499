import { z } from 'zod';

/** Why a person appeals. A list: words of one's own would be content. */
export const APPEAL_GROUNDS = ['mistake', 'event', 'moved-here', 'work', 'hijacked'] as const;

const reasonSchema = z.object({
  signal: z.string(),
  value: z.number(),
  threshold: z.number(),
  points: z.number(),
  sentence: z.string(),
});

export const abuseDecisionSchema = z.object({
  id: z.string(),
  /** 1 slow, 2 hold, 3 no new people for a day, 4 no new people and no telephones. */
  level: z.int().min(1).max(4),
  /** What counted, what follows and what does not, in words. */
  sentence: z.string(),
  score: z.number(),
  reasons: z.array(reasonSchema),
  decidedAt: z.string(),
  /** When it ends by itself. */
  until: z.string(),
  state: z.enum(['stands', 'ended', 'appealed', 'upheld', 'lifted']),
  grounds: z.enum(APPEAL_GROUNDS).nullable(),
});
export const abuseDecisionsSchema = z.object({ decisions: z.array(abuseDecisionSchema) });

/** As an operator sees it: whose it is, and nothing of whom they wrote to. */
export const reviewedDecisionSchema = abuseDecisionSchema.extend({ account: z.string() });
export const reviewQueueSchema = z.object({ decisions: z.array(reviewedDecisionSchema) });

export const appealSchema = z
  .object({ grounds: z.enum(APPEAL_GROUNDS).default('mistake') })
  .meta({ example: { grounds: 'event' } });
export const verdictSchema = z
  .object({ verdict: z.enum(['lifted', 'upheld']) })
  .meta({ example: { verdict: 'lifted' } });

export type AppealGrounds = (typeof APPEAL_GROUNDS)[number];
export type AbuseDecisionJson = z.output<typeof abuseDecisionSchema>;
