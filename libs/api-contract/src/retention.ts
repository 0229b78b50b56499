import { PERSONAL_CLASSES, POLICIES, TENANT_CLASSES } from '@causeway/message-model';
import { z } from 'zod';
import { bytesField, conversationIdField, digestField, signatureField } from './fields.js';

/** What an account can ask less for. */
export const personalClassField = z.enum(PERSONAL_CLASSES);

const keepSecondsField = z.int().min(1).max(POLICIES.history.maxSeconds);

/** One row of the table of policies, as it holds for who asks. */
export const heldPolicySchema = z.object({
  class: z.string(),
  what: z.string(),
  /** What the time is counted from. */
  from: z.string(),
  keepSeconds: z.int(),
  /** What holds for everybody in the tenant who asks for nothing. */
  tenantSeconds: z.int(),
  decidedBy: z.enum(['default', 'tenant', 'account', 'conversation', 'message']),
  defaultSeconds: z.int(),
  minSeconds: z.int(),
  maxSeconds: z.int(),
  /** Who may ask for less; empty where nobody can. */
  levels: z.array(z.enum(['tenant', 'account', 'conversation', 'message'])),
  /** The same in words: with which class it is asked for, or why it is the same for the whole installation. */
  overridable: z.string().optional(),
  keptBy: z.enum(['servers', 'devices', 'operator']),
  reason: z.string(),
});

export const policiesSchema = z.object({
  policies: z.array(heldPolicySchema),
  /** Conversations of the account for which somebody asked for less, with the strictest of it. */
  conversations: z.array(z.object({ conversation: z.string(), class: personalClassField, keepSeconds: z.int() })),
});

/** `null` takes the wish back. Without a conversation it is for all of the account. */
export const askPolicySchema = z.object({
  class: personalClassField,
  keepSeconds: keepSecondsField.nullable(),
  conversation: conversationIdField.optional(),
});
export const askTenantPolicySchema = z.object({
  class: z.enum(TENANT_CLASSES),
  keepSeconds: keepSecondsField.nullable(),
});

/** The end of the purge ledger, signed: remember it, and a ledger that is cut or rewritten later is found out. */
export const ledgerHeadSchema = z.object({
  sequence: z.int().min(1),
  hash: digestField,
  signature: signatureField,
  publicKey: digestField,
});

/** `entry` holds the bytes that are hashed and signed; the other fields say what stands in them, `rowsAre` what their class tells. */
export const ledgerEntrySchema = z.object({
  sequence: z.int(),
  class: z.string(),
  keyId: z.string(),
  /** Of a partition an estimate: what PostgreSQL's own counters said just before it went. */
  rows: z.int(),
  rowsAre: z.enum(['counted', 'estimated']),
  sizeBytes: z.int(),
  keyCheck: z.string().nullable(),
  droppedAt: z.string().nullable(),
  destroyedAt: z.string().nullable(),
  scan: z.string().nullable(),
  entry: bytesField({ max: 2048 }),
  signature: signatureField,
});

export const ledgerPageSchema = z.object({
  head: ledgerHeadSchema.optional(),
  entries: z.array(ledgerEntrySchema),
  hasMore: z.boolean(),
});

export type AskPolicy = z.output<typeof askPolicySchema>;
export type AskTenantPolicy = z.output<typeof askTenantPolicySchema>;
export type HeldPolicies = z.output<typeof policiesSchema>;
export type LedgerPage = z.output<typeof ledgerPageSchema>;
