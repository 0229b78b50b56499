import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { HOLD_POINTS } from './holds.js';
import { ScriptedFaults } from './scripted-faults.js';

/**
 * What may go wrong on purpose. `slow`, `accept-then-drop`, `accept-then-500` and `accept-then-garbage` take the
 * message; `429`, `500`, `drop` and `refuse-code` do not; `fail-code` and those about callbacks act after acceptance. `number-recycled` takes the message, says that nobody
 * has the number (30005), and gives it to somebody else with an empty handset. `hold` lets a create
 * stand still at a named point until it is released; `lag` hides from a list what is younger than `delayMs`.
 */
export const FAULT_MODES = [
  'slow',
  '429',
  '500',
  'drop',
  'refuse-code',
  'accept-then-drop',
  'accept-then-500',
  'accept-then-garbage',
  'fail-code',
  'hold',
  'lag',
  'lose-callbacks',
  'double-callbacks',
  'reorder-callbacks',
  'late-callbacks',
  'number-recycled',
] as const;

export const FAULT = z.strictObject({
  network: z.literal('sms'),
  mode: z.enum(FAULT_MODES),
  operation: z.enum(['create', 'fetch', 'list', 'delete', 'inbound']).default('create'),
  /** How many calls it strikes before it is used up. */
  count: z.int().min(1).max(1_000_000).default(1),
  delayMs: z.int().min(0).max(600_000).default(1_000),
  /** Twilio error code, for `refuse-code` and `fail-code`. */
  code: z.int().min(10_000).max(99_999).default(30008),
  /** For `hold`: before the message is taken, or after that and before the answer. */
  point: z.enum(HOLD_POINTS).default('before'),
});

export type Fault = z.infer<typeof FAULT>;

/** A file of faults: each as over the control API, `afterMs` after the start. */
export const FAULT_FILE = z.array(FAULT.extend({ afterMs: z.int().min(0).default(0) }));
export type FaultFile = z.infer<typeof FAULT_FILE>;

/** The faults of this network. */
@Injectable()
export class FaultScript extends ScriptedFaults<Fault> {}
