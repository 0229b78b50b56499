import { createHmac } from 'node:crypto';
import { WEEK_MS, type TenantNames, type WeekNames } from './guard-store.js';

export const NAME_BYTES = 12;
/** Senders per shard are many however few they are in all: a shard says nothing about who it is. */
const SHARDS = 256;

/** `K_guard` of a week. A week that is not the one of now or before is not given: its key is destroyed. */
export interface GuardKeys {
  keyOf(week: number): Uint8Array;
  /** Only for spreading senders; never of use to tell two apart. */
  readonly shardKey: Uint8Array;
}

/** A pair's names of this week and the last. */
export interface PairNames {
  readonly shard: string;
  readonly current: WeekNames;
  readonly previous: WeekNames;
}

export const weekOf = (atMs: number): number => Math.floor(atMs / WEEK_MS);

/** Names under which a store keeps conduct: `base64(HMAC-SHA256(K_guard, id)[0..12])`, tenants apart. */
export class Pseudonyms {
  constructor(private readonly keys: GuardKeys) {}

  pair(input: {
    readonly tenant: string;
    readonly sender: string;
    readonly recipient: string;
    readonly atMs: number;
  }): PairNames {
    const week = weekOf(input.atMs);
    const names = (of: number): WeekNames => ({
      week: of,
      sender: this.name(of, input.tenant, input.sender),
      recipient: this.name(of, input.tenant, input.recipient),
    });
    return { shard: this.shard(input.tenant, input.sender), current: names(week), previous: names(week - 1) };
  }

  tenant(tenant: string, atMs: number): TenantNames {
    const week = weekOf(atMs);
    const names = (of: number) => ({ week: of, tenant: this.name(of, tenant, '') });
    return { shard: this.shard(tenant, ''), current: names(week), previous: names(week - 1) };
  }

  /** For facts beside pairs: clusters and suspended senders. */
  name(week: number, tenant: string, id: string): string {
    return createHmac('sha256', this.keys.keyOf(week))
      .update(JSON.stringify([tenant, id]))
      .digest()
      .subarray(0, NAME_BYTES)
      .toString('base64');
  }

  private shard(tenant: string, sender: string): string {
    const digest = createHmac('sha256', this.keys.shardKey)
      .update(JSON.stringify([tenant, sender]))
      .digest();
    return String((digest[0] ?? 0) % SHARDS);
  }
}
