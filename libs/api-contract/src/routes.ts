import { createHash } from 'node:crypto';
import { toBase64Url } from '@causeway/message-model';
import { z } from 'zod';
import {
  accountIdField,
  bytesField,
  contactIdField,
  conversationIdField,
  nativeAddressField,
  signatureField,
  signedField,
} from './fields.js';

/** Name of a clear network: those of the product and those an operator adds by a module. `native` is none. */
export const clearNetworkField = z
  .string()
  .regex(/^(?!native$)[a-z][a-z0-9-]{0,31}$/, 'is not the name of a clear network');
export type ClearNetwork = z.infer<typeof clearNetworkField>;
/** Networks of one plan. */
export const MAX_NETWORKS = 8;

export const targetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('conversation'), conversation: conversationIdField }),
  z.object({ kind: z.literal('contact'), contact: contactIdField }),
  z.object({ kind: z.literal('address'), address: nativeAddressField }),
]);

export const planRouteSchema = z.object({
  to: targetSchema,
  /** The least confidentiality of the message that is planned for; `clear` when a number is asked for, else `sealed`. */
  floor: z.enum(['sealed', 'clear']).optional(),
  /** Keeps to the account that granted, whatever other account of theirs its owner would rather be reached at. */
  stays: z.boolean().optional(),
});

/** What devices of two accounts of one person signed: one document under two signatures. */
export const signedLinkSchema = z.object({
  document: bytesField({ max: 2_048 }),
  offered: signatureField,
  accepted: signatureField,
});

/** One way as its sender may see it. Of the other person's rules it says that there is one, and no more. */
const explainedWaySchema = z.object({
  network: z.string(),
  confidentiality: z.enum(['sealed', 'clear']),
  /** `taken` by the next message, `next` after that one, `closed` to it, or `waits` for consent. */
  outcome: z.enum(['taken', 'next', 'closed', 'waits']),
  by: z.enum(['you', 'them', 'gateway']).optional(),
  why: z.string().optional(),
  /** Of a native way, where there are several: whose account it is. */
  address: z.string().optional(),
});
export const explainedRouteSchema = z.object({ isGranted: z.boolean(), ways: z.array(explainedWaySchema) });

const nativePlanSchema = z.object({
  leg: z.literal('native'),
  conversation: conversationIdField,
  peer: z.object({ account: accountIdField, address: nativeAddressField, deviceListVersion: z.int() }),
  self: z.object({ deviceListVersion: z.int() }),
  /** Links by which the account that was asked for leads to others; `peer` is one of these only where a link says so. */
  links: z.array(signedLinkSchema).max(20).default([]),
  digest: z.string(),
});

const clearPlanSchema = z.object({
  leg: z.literal('clear'),
  conversation: conversationIdField,
  contact: contactIdField,
  /** In the order in which the edge will try them. */
  networks: z.array(clearNetworkField).min(1).max(MAX_NETWORKS),
  capabilities: z.record(z.string(), z.unknown()),
  simulated: z.array(clearNetworkField),
  edge: signedField,
  region: z.string(),
  /** Countries outside of the permitted ones that it passes; absent where the operator keeps no list of them. */
  leavesRegion: z.array(z.string()).optional(),
  /** Longest lifetime of a message on this leg, seconds. */
  maxLifetimeSeconds: z.int(),
  digest: z.string(),
});

/** `waiting` is the one answer for unknown, refusing, blocking and silent people alike. */
export const planSchema = z.discriminatedUnion('leg', [
  nativePlanSchema,
  clearPlanSchema,
  z.discriminatedUnion('waiting', [
    z.object({ leg: z.literal('none'), waiting: z.literal('consent') }),
    /** Every way there is was closed by somebody. */
    z.object({ leg: z.literal('none'), waiting: z.literal('route'), ways: z.array(explainedWaySchema) }),
  ]),
]);

export const sealAddressSchema = z.object({ keyId: z.string().max(64), sealedAddress: bytesField({ max: 512 }) });

export const contactSchema = z.object({
  contact: contactIdField,
  conversation: conversationIdField,
  country: z.string(),
  lineType: z.string(),
  /** Who linked the number, if they may be found by it; null for every other number, registered or not. */
  native: nativeAddressField.nullable().default(null),
});

export type Target = z.infer<typeof targetSchema>;
export type ExplainedRoute = z.infer<typeof explainedRouteSchema>;
export type RoutePlan = z.infer<typeof planSchema>;
export type NativePlan = z.infer<typeof nativePlanSchema>;
export type ClearPlan = z.infer<typeof clearPlanSchema>;
export type ContactDescription = z.infer<typeof contactSchema>;

/** Names a route: who, by which leg, over which networks in which order. Sender, gateway and edge compute it alike, over the JSON of an array of texts. */
export function planDigest(plan: {
  readonly tenant: string;
  readonly conversation: string;
  readonly leg: 'native' | 'clear';
  readonly networks: readonly string[];
}): string {
  const named = JSON.stringify(['causeway-plan-v1', plan.tenant, plan.conversation, plan.leg, plan.networks]);
  return toBase64Url(createHash('sha256').update(named).digest());
}
