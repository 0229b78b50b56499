import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { aim, type Strikes } from './aim-fault.js';
import { HOLD_POINTS } from './holds.js';
import { ScriptedFaults } from './scripted-faults.js';

/**
 * What may go wrong on purpose. `slow`, `accept-then-drop`, `accept-then-500` and `accept-then-garbage` take the
 * message; `429`, `500`, `drop` and `refuse-code` do not; `fail-code` and those about callbacks and signatures act after acceptance.
 * Of a message in several parts `late-part` holds the last one back for `delayMs`, and `lost-part` loses it (30009): what the callbacks say
 * until then is `partially_delivered`, and a handset shows a message when it has all of it. `number-recycled` takes the message, says that
 * nobody has the number (30005), and gives it to somebody else with an empty handset. `hold` lets a create stand still at a named point
 * until it is released; `lag` hides from a list what is younger than `delayMs`.
 */
const OPERATIONS = ['create', 'fetch', 'list', 'delete', 'inbound'] as const;
type Operation = (typeof OPERATIONS)[number];

const CALLS = ['create', 'fetch', 'list', 'delete'] as const;
const WEBHOOKS = ['create', 'inbound'] as const;
const STRIKES = {
  slow: CALLS,
  '429': CALLS,
  '500': CALLS,
  drop: CALLS,
  'refuse-code': CALLS,
  'accept-then-drop': ['create'],
  'accept-then-500': ['create'],
  'accept-then-garbage': ['create'],
  'fail-code': ['create'],
  hold: ['create'],
  lag: ['list'],
  'lose-callbacks': WEBHOOKS,
  'double-callbacks': WEBHOOKS,
  'reorder-callbacks': ['create'],
  'late-callbacks': WEBHOOKS,
  'wrong-signature': WEBHOOKS,
  'late-part': ['create'],
  'lost-part': ['create'],
  'number-recycled': ['create'],
} as const satisfies Strikes<string, Operation>;

const FAULT_MODES = Object.keys(STRIKES).filter((mode): mode is keyof typeof STRIKES => mode in STRIKES);

/** A fault as it is written down. */
export const WRITTEN_FAULT = z.strictObject({
  network: z.literal('sms'),
  mode: z.enum(FAULT_MODES),
  operation: z.enum(OPERATIONS).optional(),
  /** How many calls it strikes before it is used up. */
  count: z.int().min(1).max(1_000_000).default(1),
  delayMs: z.int().min(0).max(600_000).default(1_000),
  /** Twilio error code, for `refuse-code` and `fail-code`. */
  code: z.int().min(10_000).max(99_999).default(30008),
  /** For `hold`: before the message is taken, or after that and before the answer. */
  point: z.enum(HOLD_POINTS).default('before'),
});

export type Fault = z.infer<typeof WRITTEN_FAULT> & { readonly operation: Operation };

export const aimFault = (fault: z.infer<typeof WRITTEN_FAULT>, context: z.RefinementCtx): Fault => ({
  ...fault,
  operation: aim<keyof typeof STRIKES, Operation>(STRIKES, fault, context),
});

/** The faults of this network. */
@Injectable()
export class FaultScript extends ScriptedFaults<Fault> {}
