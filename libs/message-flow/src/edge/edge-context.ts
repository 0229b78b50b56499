import type { ReportTokens } from '@causeway/abuse-control';
import type { KeyUse, Ledger } from '@causeway/edge-keys';
import type { Clock, RoutePolicy } from '@causeway/platform';
import type { Events } from '@causeway/platform/server';
import type {
  AccountStore,
  AliasStore,
  AttemptStore,
  ContactStandingStore,
  ContactStore,
  DiscoveryStore,
  InboxStore,
  LaneStore,
  LinkChallengeStore,
  LinkStore,
  PartitionStore,
  SealedNumberStore,
  PrivacyStore,
} from '@causeway/storage';
import type { ClearAdapter } from '@causeway/network-adapter';
import type { FileLinks } from './build-outbound-body.js';
import type { ChargeParts } from './charge-parts.js';
import type { ConductWatch } from '../conduct-watch.js';
import type { DedupeDigests } from '../dedupe-digest.js';
import type { InboundRules } from '../lifetimes.js';
import type { DeviceWaker, LaneWaker } from '../wakes.js';

/** How long things may take on clear networks; all from configuration, in milliseconds. */
export interface EdgeTimes {
  /** A carrier call not begun this long after its attempt was written is not made. */
  readonly callBeforeMs: number;
  /** How long a carrier may show no trace of a message before its absence counts. */
  readonly unknownAbsentAfterMs: number;
  /** How long an unsent head holds back those behind it. */
  readonly headBlockMs: number;
  /** How long a network that another may follow has time to deliver. */
  readonly fallbackAfterMs: number;
  /** When a message without a delivery receipt becomes `unconfirmed`. */
  readonly unconfirmedAfterMs: number;
}

/** What every use case of the edge works with. The only place where keys, stores and adapters meet. */
export interface EdgeContext {
  readonly keys: KeyUse;
  readonly ledger: Ledger;
  readonly accounts: AccountStore;
  readonly contacts: ContactStore;
  readonly numbers: SealedNumberStore;
  readonly standings: ContactStandingStore;
  readonly attempts: AttemptStore;
  readonly inbox: InboxStore;
  readonly laneStore: LaneStore;
  readonly partitions: PartitionStore;
  readonly links: LinkStore;
  readonly challenges: LinkChallengeStore;
  readonly aliases: AliasStore;
  readonly discovery: DiscoveryStore;
  readonly privacy: PrivacyStore;
  readonly lanes: LaneWaker;
  readonly devices: DeviceWaker;
  readonly digests: DedupeDigests;
  readonly reports: ReportTokens;
  readonly conduct: ConductWatch;
  readonly chargeParts: ChargeParts;
  readonly retention: InboundRules;
  readonly adapters: ReadonlyMap<string, ClearAdapter>;
  /** Bridge numbers by id, E.164, in the order in which they are given out. */
  readonly bridgeNumbers: ReadonlyMap<string, string>;
  readonly fileLinks: FileLinks;
  /** Undefined: nothing is claimed about regions. */
  readonly routePolicy?: RoutePolicy;
  readonly clock: Clock;
  readonly events: Events;
  readonly times: EdgeTimes;
}
