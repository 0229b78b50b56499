import { createHmac } from 'node:crypto';
import { toBytes, type Bytes, type TellsTime } from './bytes.js';
import type { KeyChain } from './key-chain.js';

/** One person or contact under the keys of this week and of the last one. */
export interface ReportNames {
  readonly current: Bytes;
  readonly previous: Bytes;
}

/** Names under which reports are counted; with the week's key they go, so that no list of who reported whom outlasts two weeks. */
export class ReportPseudonyms {
  constructor(
    private readonly weeks: KeyChain,
    private readonly clock: TellsTime,
  ) {}

  of(tenant: string, id: string): ReportNames {
    const week = this.weeks.periodOf(this.clock.nowMs());
    return { current: this.under(week, tenant, id), previous: this.under(week - 1, tenant, id) };
  }

  private under(week: number, tenant: string, id: string): Bytes {
    const key = this.weeks.keyOf(week, this.clock.nowMs());
    if (!key) throw new Error('the pseudonym key of this week is not there');
    return toBytes(
      createHmac('sha256', key)
        .update(JSON.stringify([tenant, id]))
        .digest()
        .subarray(0, 12),
    );
  }
}
