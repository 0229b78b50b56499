import { lifetimeOf, policyOf } from '@causeway/message-model';
import type { PolicyBook, PurgeBrake } from '@causeway/retention';

const HOUR_SECONDS = 3600;

/** Longest life of an undelivered message, hours; what holds without a tenant's wish is less. */
export const MAX_LIFETIME_HOURS = policyOf('undelivered-envelope').maxSeconds / HOUR_SECONDS;

/** How long the metadata of a message stays after its deadline, hours, unless somebody asked for another time. */
export const METADATA_HOURS = lifetimeOf('metadata').hours;

/** What decides how long a message may live, and whether anything new is taken at all. */
export interface RetentionRules {
  readonly book: Pick<PolicyBook, 'lifetimesOfAll' | 'lifetimes' | 'metadataHoursInUse'>;
  readonly brake: Pick<PurgeBrake, 'check'>;
}

/** The same, of what comes from networks. */
export interface InboundRules {
  readonly book: Pick<PolicyBook, 'lifetimesOfAll' | 'lifetimes'>;
  readonly brake: Pick<PurgeBrake, 'isOn'>;
}
