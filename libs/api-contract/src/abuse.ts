import { z } from 'zod';
import { bytesField } from './fields.js';

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
  /** `asked`: an operator was asked to let it go. `passed`: they did, or a token was given. */
  state: z.enum(['stands', 'ended', 'asked', 'passed', 'appealed', 'upheld', 'lifted']),
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
  .object({ verdict: z.enum(['approved', 'lifted', 'upheld']) })
  .meta({ example: { verdict: 'lifted' } });

/**
 * One way in which a decision that holds messages lets them go: an operator approves, or a token that an issuer signed blindly (RFC 9577),
 * asked for as `authenticate` says, which is also the `WWW-Authenticate` of the refusal.
 */
export const challengeOfferSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('operator-approval') }),
  z.object({
    kind: z.literal('private-token'),
    /** Host of who issues the token. */
    issuer: z.string(),
    /** Whether this gateway issues it itself, for a voucher of its operator. */
    isOurs: z.boolean(),
    authenticate: z.string(),
  }),
]);
export const challengeOffersSchema = z.object({ challenges: z.array(challengeOfferSchema) });

export const challengeAnswerSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('operator-approval') }),
    z.object({ kind: z.literal('private-token'), token: bytesField({ min: 354, max: 354 }) }),
  ])
  .meta({ example: { kind: 'operator-approval' } });

const DAY_SECONDS = 24 * 3600;
export const makeVouchersSchema = z
  .object({
    count: z.int().min(1).max(100).default(1),
    expiresInSeconds: z
      .int()
      .min(3600)
      .max(30 * DAY_SECONDS)
      .default(7 * DAY_SECONDS),
  })
  .meta({ example: { count: 1 } });
export const vouchersSchema = z.object({ vouchers: z.array(z.string()), expiresAt: z.string() });

export const issuerDirectorySchema = z.object({
  'issuer-request-uri': z.string(),
  'token-keys': z.array(z.object({ 'token-type': z.int(), 'token-key': z.string() })),
});

export const spendingSchema = z.object({
  days: z.array(
    z.object({
      /** Of UTC. */
      day: z.iso.date(),
      /** ISO 3166 alpha-2; `*` is all together. */
      country: z.string(),
      messages: z.number(),
      /** What may be sent in a day now. */
      quota: z.number(),
    }),
  ),
});

export type SpendingDay = z.output<typeof spendingSchema>['days'][number];
export type ChallengeOffer = z.output<typeof challengeOfferSchema>;
export type ChallengeAnswer = z.output<typeof challengeAnswerSchema>;
export type ChallengeKind = ChallengeOffer['kind'];
export type AppealGrounds = (typeof APPEAL_GROUNDS)[number];
export type AbuseDecisionJson = z.output<typeof abuseDecisionSchema>;
