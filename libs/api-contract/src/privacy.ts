import { ACCOUNT_SETTINGS, CONVERSATION_SETTINGS } from '@causeway/message-model';
import { z } from 'zod';
import { bytesField, contactIdField, conversationIdField } from './fields.js';

/** For the whole account. */
export const accountPrivacySchema = z.object({
  typing: z.enum(ACCOUNT_SETTINGS),
  readReports: z.enum(ACCOUNT_SETTINGS),
});

/** For one conversation; `default` leaves it to the account. */
export const conversationPrivacySchema = z.object({
  typing: z.enum(CONVERSATION_SETTINGS),
  readReports: z.enum(CONVERSATION_SETTINGS),
});

export const privacySchema = z.object({ account: accountPrivacySchema, conversation: conversationPrivacySchema });
export const privacyQuerySchema = z.object({ conversation: conversationIdField.optional() });

/** That someone writes or has read, sealed to the edge: for clear networks. */
export const indicateSchema = z.object({
  contact: contactIdField,
  keyId: z.string().max(64),
  sealed: bytesField({ max: 512 }),
});

export type AccountPrivacy = z.infer<typeof accountPrivacySchema>;
export type ConversationPrivacy = z.infer<typeof conversationPrivacySchema>;
