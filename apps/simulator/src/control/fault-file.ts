import { z } from 'zod';
import { aimRcsFault, WRITTEN_RCS_FAULT, type RcsFault } from '../rcs/rcs-fault-script.js';
import { aimFault, WRITTEN_FAULT, type Fault } from './fault-script.js';

/** A fault of either network, as `network` says. */
export type AnyFault = Fault | RcsFault;

export const ANY_FAULT = z
  .discriminatedUnion('network', [WRITTEN_FAULT, WRITTEN_RCS_FAULT])
  .transform((fault, context): AnyFault =>
    fault.network === 'sms' ? aimFault(fault, context) : aimRcsFault(fault, context),
  );

const AFTER = { afterMs: z.int().min(0).default(0) };

/** A file of faults of both networks: each as over the control API, `afterMs` after the start. */
export const FAULT_FILE = z.array(
  z
    .discriminatedUnion('network', [WRITTEN_FAULT.extend(AFTER), WRITTEN_RCS_FAULT.extend(AFTER)])
    .transform(({ afterMs, ...fault }, context) => ({
      afterMs,
      fault: fault.network === 'sms' ? aimFault(fault, context) : aimRcsFault(fault, context),
    })),
);
export type FaultFile = z.infer<typeof FAULT_FILE>;
