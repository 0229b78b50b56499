import { z } from 'zod';
import { bytesField, contactIdField, conversationIdField, messageIdField, nativeAddressField } from './fields.js';

export const reportTokenField = bytesField({ min: 24, max: 24 });

/** Beside a box: the id under which the message was accepted, and the token that proves it was. */
export const reportStampSchema = z.object({ messageId: messageIdField, token: reportTokenField });

/** What a person says it was. A list of its own: words of one's own would be content. */
export const REPORT_REASONS = ['spam', 'fraud', 'harassment', 'impersonation', 'other'] as const;

export const reportSchema = z
  .object({
    token: reportTokenField,
    messageId: messageIdField,
    sender: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('native'), address: nativeAddressField }),
      z.object({ kind: z.literal('contact'), contact: contactIdField }),
    ]),
    reason: z.enum(REPORT_REASONS).default('spam'),
    /** If the person wishes: the content as it was sealed, byte for byte. Its salt is in it. Compared and then forgotten. */
    words: z.object({ conversation: conversationIdField, content: bytesField({ max: 64 * 1024 }) }).optional(),
    /** Nothing of theirs arrives any more, from this call on. */
    block: z.boolean().default(false),
  })
  .meta({
    example: {
      token: 'UUsQeXJhbmRvbWx5LW1hZGUtbWFjLTE3Ni0',
      messageId: 'AQQoZ3Jhbm5lZCBieSB0aGUgY29udGVudCBvZiBpdCEh',
      sender: { kind: 'native', address: 'mimi://causeway.local/u/mallory' },
      reason: 'spam',
      block: true,
    },
  });

export const reportedSchema = z.object({
  /** Who vouches for the sender: a device's signature, or a carrier's word. */
  assurance: z.enum(['verified', 'carrier']),
  /** Whether the words were proven to be those of the message. */
  words: z.enum(['proven', 'none']),
  blocked: z.boolean(),
});

export type ReportStampJson = z.output<typeof reportStampSchema>;
export type ReportRequest = z.output<typeof reportSchema>;
export type Reported = z.output<typeof reportedSchema>;
export type ReportReason = (typeof REPORT_REASONS)[number];
