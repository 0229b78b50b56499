import { appendFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { SIMULATOR_OPTIONS, type SimulatorOptions } from '../simulator-options.js';

/** `accepted` by the carrier, shown by a handset, or written on one. */
export type CarrierEvent = 'accepted' | 'shown' | 'written';

export interface CarrierFact {
  readonly event: CarrierEvent;
  readonly sid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
}

/**
 * The carrier's own memory of what really happened, one JSON line each, only ever appended to: what its API, lists and webhooks say may be
 * scripted to lie, this is not. A line is in the file before anyone can see its effect. Without a file nothing is kept.
 */
@Injectable()
export class CarrierLog {
  constructor(@Inject(SIMULATOR_OPTIONS) private readonly options: SimulatorOptions) {}

  append({ event, sid, from, to, body }: CarrierFact): void {
    if (this.options.logFile === undefined) return;
    const line = JSON.stringify({ at: new Date().toISOString(), event, sid, from, to, body });
    appendFileSync(this.options.logFile, `${line}\n`, { mode: 0o600 });
  }
}
