import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ScriptedFaults } from '../control/scripted-faults.js';
import type { RcsErrorCode } from './rcs-error.js';

/**
 * What may go wrong on purpose; modes that SMS has too are called the same. `slow`, `accept-then-drop`, `accept-then-500` and
 * `accept-then-garbage` take the message; `429`, `500`, `drop` and `refuse-code` do not. Those about callbacks and `wrong-signature` strike
 * webhooks. `revoke-fails` and `silent-expiry` strike the end of a TTL: the network cannot take the message back, or says nothing.
 */
export const RCS_FAULT_MODES = [
  'slow',
  '429',
  '500',
  'drop',
  'refuse-code',
  'accept-then-drop',
  'accept-then-500',
  'accept-then-garbage',
  'lose-callbacks',
  'double-callbacks',
  'reorder-callbacks',
  'late-callbacks',
  'wrong-signature',
  'revoke-fails',
  'silent-expiry',
] as const;

export const RCS_OPERATIONS = [
  'create',
  'revoke',
  'event',
  'capabilities',
  'fetch',
  'upload',
  'webhook',
  'expiry',
] as const;

export const RCS_FAULT = z.strictObject({
  network: z.literal('rcs'),
  mode: z.enum(RCS_FAULT_MODES),
  operation: z.enum(RCS_OPERATIONS).default('create'),
  /** How many calls it strikes before it is used up. */
  count: z.int().min(1).max(1_000_000).default(1),
  delayMs: z.int().min(0).max(600_000).default(1_000),
  /** For `refuse-code`: a status word of Google's errors, or one that nobody knows. */
  code: z
    .string()
    .regex(/^[A-Z_]{3,40}$/)
    .default('INVALID_ARGUMENT' satisfies RcsErrorCode),
});

export type RcsFault = z.infer<typeof RCS_FAULT>;

/** A file of faults: each as over the control API, `afterMs` after the start. */
export const RCS_FAULT_FILE = z.array(RCS_FAULT.extend({ afterMs: z.int().min(0).default(0) }));
export type RcsFaultFile = z.infer<typeof RCS_FAULT_FILE>;

/** The faults of this network. */
@Injectable()
export class RcsFaultScript extends ScriptedFaults<RcsFault> {}
