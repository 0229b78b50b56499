import { parseAliasId, parseChallengeId, parseLinkId } from '@causeway/message-model';
import { z } from 'zod';
import { conversationIdField, nativeAddressField, parsed } from './fields.js';
import { sealAddressSchema, signedLinkSchema } from './routes.js';

export const linkIdField = parsed('link id', parseLinkId).meta({ examples: ['k_AAAAAAAAAAAAAAAAAAAAAA'] });
export const challengeIdField = parsed('challenge id', parseChallengeId);
export const aliasIdField = parsed('alias id', parseAliasId).meta({ examples: ['w_AAAAAAAAAAAAAAAAAAAAAA'] });

/** Who may find a person by a number of theirs. */
export const findableField = z
  .enum(['nobody', 'contacts', 'everyone'])
  .meta({ description: '`contacts`: people whose number I have and who proved it', examples: ['contacts'] });

export const linkSchema = z.object({
  link: linkIdField,
  kind: z.enum(['account', 'number']),
  /** Of a linked account. */
  address: nativeAddressField.optional(),
  /** All that is known here of a linked number. */
  country: z.string().optional(),
  findable: findableField,
  provedAt: z.string(),
  expiresAt: z.string(),
  state: z.enum(['active', 'expired', 'ended']),
  /** Why it ended before its time; `expired` needs no reason. */
  because: z.enum(['proved-by-another', 'number-out-of-service']).optional(),
});
export const linkListSchema = z.object({
  links: z.array(linkSchema),
  /** Whether people of the tenant's other native networks may write to this account, and it to them. */
  crossNetwork: z.boolean(),
});

export const beginLinkSchema = sealAddressSchema;
export const begunLinkSchema = z.object({ challenge: challengeIdField, expiresAt: z.string() });
export const proveLinkSchema = z.object({
  code: z
    .string()
    .regex(/^\d{6}$/, 'must be six digits')
    .meta({ examples: ['042917'] }),
});

/** One document under two signatures: of a device of each account. */
export const linkAccountsSchema = signedLinkSchema;
export const linkedSchema = z.object({ link: linkIdField });
export const setFindableSchema = z.object({ by: findableField });
export const crossNetworkSchema = z.object({ isOn: z.boolean().meta({ examples: [true] }) });

const DAY_SECONDS = 86_400;
/** A `public` alias lives for a time, others until they are revoked unless they say otherwise. */
export const makeAliasSchema = z
  .object({
    kind: z.enum(['contact', 'listing', 'public']).meta({ examples: ['listing'] }),
    expiresInSeconds: z
      .int()
      .min(60)
      .max(365 * DAY_SECONDS)
      .optional()
      .meta({ examples: [30 * DAY_SECONDS] }),
  })
  .refine(({ kind, expiresInSeconds }) => kind !== 'public' || expiresInSeconds !== undefined, {
    path: ['expiresInSeconds'],
    error: 'a public alias needs an end',
  });

export const aliasSchema = z.object({
  alias: aliasIdField,
  /** What a telephone texts first, to one of `textTo`. */
  code: z.string(),
  kind: z.enum(['contact', 'listing', 'public']),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
  conversations: z.array(conversationIdField),
});
export const madeAliasSchema = z.object({ ...aliasSchema.shape, textTo: z.array(z.string()) });
export const aliasListSchema = z.object({ aliases: z.array(aliasSchema), textTo: z.array(z.string()) });

export type LinkDescription = z.output<typeof linkSchema>;
export type LinkList = z.output<typeof linkListSchema>;
export type AliasDescription = z.output<typeof aliasSchema>;
export type Findable = z.output<typeof findableField>;
export type AliasKind = AliasDescription['kind'];
export type LinkAccountsRequest = z.output<typeof linkAccountsSchema>;
export type MakeAliasRequest = z.output<typeof makeAliasSchema>;
