import type { GuardEvent } from './guard-event.js';
import type { GuardStore, Snapshot, Tallies } from './guard-store.js';
import type { Pseudonyms } from './pseudonyms.js';
import { weekOf } from './pseudonyms.js';
import type { TenantFacts } from './signals.js';
import type { TenantProfile } from './tenant-profile.js';
import { ANSWER_RATE_PRIOR } from './weights.js';

/** How old the facts of a tenant may be, milliseconds. */
const FACTS_MS = 30_000;
/** Of one sender only so many first contacts count: nobody moves the tenant's measure alone. */
const COUNTED_PER_SENDER = 5;
/** However much is counted, a measure stays within this factor of what the profile assumes: many accounts together move it no further. */
const FARTHEST = 1.6;
const HIGHEST_RATE = 0.9;

interface Known {
  readAtMs: number;
  tallies: Tallies;
  readonly pending: Map<string, number>;
}

/**
 * What is true of a tenant as a whole: how often first contacts are answered, in which countries, who is suspended. Counted in memory, and
 * exchanged with the store every half minute, so a message never waits for it longer than that exchange.
 */
export class TenantLedger {
  private readonly tenants = new Map<string, Known>();

  constructor(
    private readonly store: Pick<GuardStore, 'tally'>,
    private readonly names: Pseudonyms,
    private readonly onFailure: (thrown: unknown) => void,
  ) {}

  /** Takes one judged event into account. */
  async note(event: GuardEvent, { pair, newContacts }: Snapshot): Promise<void> {
    const known = this.known(event.tenant);
    const isCounted = newContacts[5] <= COUNTED_PER_SENDER;
    if (isCounted && pair.isNew) add(known.pending, 'contacted');
    if (isCounted && event.kind === 'reply' && pair.hasAnswered) add(known.pending, 'answered');
    if (event.kind === 'reply' && event.features?.country) add(known.pending, `country:${event.features.country}`);
    if (Math.abs(event.atMs - known.readAtMs) >= FACTS_MS) await this.exchange(event, known);
  }

  /** Clusters count accounts: of one that is suspended again, or by several events at once, the first suspension. */
  suspend(event: GuardEvent): void {
    const { pending } = this.known(event.tenant);
    const isCounted = this.isSuspended(event);
    add(pending, this.suspendedName(event));
    if (isCounted) return;
    for (const cluster of event.features?.clusters ?? []) add(pending, this.clusterName(event, cluster));
  }

  isSuspended(event: GuardEvent): boolean {
    const { tallies, pending } = this.known(event.tenant);
    if (tallies.size + pending.size === 0) return false;
    return (
      this.count(event.tenant, this.suspendedName(event)) > 0 ||
      this.count(event.tenant, this.suspendedName(event, 1)) > 0
    );
  }

  facts(event: GuardEvent): TenantFacts {
    const { tallies } = this.known(event.tenant);
    const countries = [...tallies.keys()].filter((name) => name.startsWith('country:'));
    // nobody is a neighbour of themselves
    const self = this.isSuspended(event) ? 1 : 0;
    return {
      answerRate: rateOf(event.profile, this.count(event.tenant, 'contacted'), this.count(event.tenant, 'answered')),
      knownCountries: new Set(countries.map((name) => name.slice('country:'.length))),
      suspendedIn: new Map(
        (event.features?.clusters ?? []).map((cluster) => [
          cluster,
          this.count(event.tenant, this.clusterName(event, cluster)) +
            this.count(event.tenant, this.clusterName(event, cluster, 1)) -
            self,
        ]),
      ),
    };
  }

  knowsCountry(tenant: string, country: string): boolean {
    return this.count(tenant, `country:${country}`) > 0;
  }

  private async exchange(event: GuardEvent, known: Known): Promise<void> {
    known.readAtMs = event.atMs;
    const sent = new Map(known.pending);
    known.pending.clear();
    try {
      known.tallies = await this.store.tally(this.names.tenant(event.tenant, event.atMs), sent);
    } catch (thrown) {
      for (const [name, count] of sent) add(known.pending, name, count);
      this.onFailure(thrown);
    }
  }

  private count(tenant: string, name: string): number {
    const { tallies, pending } = this.known(tenant);
    return (tallies.get(name) ?? 0) + (pending.get(name) ?? 0);
  }

  private suspendedName({ tenant, sender, atMs }: GuardEvent, weeksAgo = 0): string {
    return `suspended:${this.names.name(weekOf(atMs) - weeksAgo, tenant, sender)}`;
  }

  private clusterName({ tenant, atMs }: GuardEvent, cluster: string, weeksAgo = 0): string {
    return `cluster:${this.names.name(weekOf(atMs) - weeksAgo, tenant, cluster)}`;
  }

  private known(tenant: string): Known {
    const found = this.tenants.get(tenant);
    if (found) return found;
    const made: Known = { readAtMs: -Infinity, tallies: new Map(), pending: new Map() };
    this.tenants.set(tenant, made);
    return made;
  }
}

const add = (counts: Map<string, number>, name: string, by = 1): void => {
  counts.set(name, (counts.get(name) ?? 0) + by);
};

function rateOf(profile: TenantProfile, contacted: number, answered: number): number {
  const { rate, worth } = ANSWER_RATE_PRIOR[profile];
  const measured = (answered + rate * worth) / (contacted + worth);
  return Math.min(HIGHEST_RATE, rate * FARTHEST, Math.max(rate / FARTHEST, measured));
}
