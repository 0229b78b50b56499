import { Injectable } from '@nestjs/common';
import { RcsFaultScript } from '../rcs/rcs-fault-script.js';
import type { AnyFault } from './fault-file.js';
import { FaultScript } from './fault-script.js';

/** The faults of both networks, for whoever scripts them in one place. */
@Injectable()
export class AllFaults {
  constructor(
    private readonly sms: FaultScript,
    private readonly rcs: RcsFaultScript,
  ) {}

  add(fault: AnyFault): void {
    if (fault.network === 'sms') this.sms.add(fault);
    else this.rcs.add(fault);
  }

  list() {
    return [...this.sms.list(), ...this.rcs.list()];
  }

  clear(): void {
    this.sms.clear();
    this.rcs.clear();
  }
}
