import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { aim, type Strikes } from '../control/aim-fault.js';
import { ScriptedFaults } from '../control/scripted-faults.js';
import type { RcsErrorCode } from './rcs-error.js';

/**
 * What may go wrong on purpose; modes that SMS has too are called the same. `slow`, `accept-then-drop`, `accept-then-500` and
 * `accept-then-garbage` take the message; `429`, `500`, `drop` and `refuse-code` do not. Those about callbacks and `wrong-signature` strike
 * webhooks. `revoke-fails` and `silent-expiry` strike the end of a TTL: the network cannot take the message back, or says nothing. `lag`
 * answers where a message stands as it stood `delayMs` before. `number-recycled` gives the number to somebody else, whose phone is not on
 * this network, before the call does anything.
 */
const OPERATIONS = ['create', 'revoke', 'event', 'capabilities', 'fetch', 'upload', 'webhook', 'expiry'] as const;
type Operation = (typeof OPERATIONS)[number];

const CALLS = ['create', 'revoke', 'event', 'capabilities', 'fetch', 'upload'] as const;
const STRIKES = {
  slow: CALLS,
  '429': CALLS,
  '500': CALLS,
  drop: CALLS,
  'refuse-code': CALLS,
  'accept-then-drop': CALLS,
  'accept-then-500': CALLS,
  'accept-then-garbage': CALLS,
  'lose-callbacks': ['webhook'],
  'double-callbacks': ['webhook'],
  'reorder-callbacks': ['webhook'],
  'late-callbacks': ['webhook'],
  'wrong-signature': ['webhook'],
  'revoke-fails': ['expiry'],
  'silent-expiry': ['expiry'],
  lag: ['fetch'],
  'number-recycled': ['create'],
} as const satisfies Strikes<string, Operation>;

const RCS_FAULT_MODES = Object.keys(STRIKES).filter((mode): mode is keyof typeof STRIKES => mode in STRIKES);

/** A fault as it is written down. */
export const WRITTEN_RCS_FAULT = z.strictObject({
  network: z.literal('rcs'),
  mode: z.enum(RCS_FAULT_MODES),
  operation: z.enum(OPERATIONS).optional(),
  /** How many calls it strikes before it is used up. */
  count: z.int().min(1).max(1_000_000).default(1),
  delayMs: z.int().min(0).max(600_000).default(1_000),
  /** For `refuse-code`: a status word of Google's errors, or one that nobody knows. */
  code: z
    .string()
    .regex(/^[A-Z_]{3,40}$/)
    .default('INVALID_ARGUMENT' satisfies RcsErrorCode),
});

export type RcsFault = z.infer<typeof WRITTEN_RCS_FAULT> & { readonly operation: Operation };

export const aimRcsFault = (fault: z.infer<typeof WRITTEN_RCS_FAULT>, context: z.RefinementCtx): RcsFault => ({
  ...fault,
  operation: aim<keyof typeof STRIKES, Operation>(STRIKES, fault, context),
});

export const RCS_FAULT = WRITTEN_RCS_FAULT.transform(aimRcsFault);

/** The faults of this network. */
@Injectable()
export class RcsFaultScript extends ScriptedFaults<RcsFault> {}
