import { Injectable } from '@nestjs/common';
import { z } from 'zod';

/**
 * What may go wrong on purpose. `slow`, `accept-then-drop`, `accept-then-500` and `accept-then-garbage` take the
 * message; `429`, `500`, `drop` and `refuse-code` do not; `fail-code` and `lose-callbacks` act after acceptance.
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
  'lose-callbacks',
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
});

export type Fault = z.infer<typeof FAULT>;

/** Faults strike in the order they were scripted, each as often as it says. */
@Injectable()
export class FaultScript {
  private pending: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.pending.push({ fault, left: fault.count });
  }

  clear(): void {
    this.pending = [];
  }

  take(operation: Fault['operation']): Fault | undefined {
    const next = this.pending.find((entry) => entry.fault.operation === operation);
    if (!next) return undefined;
    next.left -= 1;
    if (next.left === 0) this.pending = this.pending.filter((entry) => entry !== next);
    return next.fault;
  }

  list(): readonly (Fault & { readonly left: number })[] {
    return this.pending.map(({ fault, left }) => ({ ...fault, left }));
  }
}
