import { AccountStore } from './account.store.js';
import { AbuseDecisionStore } from './abuse-decision.store.js';
import { AliasStore } from './alias.store.js';
import { AttemptStore } from './attempt.store.js';
import { ConsentStore } from './consent.store.js';
import { ContactStore } from './contact.store.js';
import { SealedNumberStore } from './sealed-number.store.js';
import { ContactStandingStore } from './contact-standing.store.js';
import { Database } from './database.js';
import { NumberDigestStore } from './number-digest.store.js';
import { DiscoveryStore } from './discovery.store.js';
import { HoldStore } from './hold.store.js';
import { PostgresGuardStore } from './guard.store.js';
import { InboxStore } from './inbox.store.js';
import { LaneStore } from './lane.store.js';
import { LinkChallengeStore } from './link-challenge.store.js';
import { LinkStore } from './link.store.js';
import { MessageStore } from './message.store.js';
import { PersonalStore } from './personal.store.js';
import { PartitionStore } from './partitions.store.js';
import { PreKeyStore } from './pre-key.store.js';
import { PreferenceStore } from './preference.store.js';
import { PrivacyStore } from './privacy.store.js';
import { RecipientStore } from './recipient.store.js';
import { PurgeLedgerStore } from './purge-ledger.store.js';
import { RetentionWishStore } from './retention-wish.store.js';
import { ReportStore } from './report.store.js';
import { RevokedStatementStore } from './revoked-statement.store.js';
import { RouteStore } from './route.store.js';
import { TenantStore } from './tenant.store.js';
import { TombstoneStore } from './tombstone.store.js';

/** Every store of a process over one pool. */
export class Stores {
  readonly database: Database;
  readonly tenants: TenantStore;
  readonly accounts: AccountStore;
  readonly preKeys: PreKeyStore;
  readonly consents: ConsentStore;
  readonly contacts: ContactStore;
  readonly numbers: SealedNumberStore;
  readonly numberDigests: NumberDigestStore;
  readonly standings: ContactStandingStore;
  readonly recipients: RecipientStore;
  readonly messages: MessageStore;
  readonly lanes: LaneStore;
  readonly attempts: AttemptStore;
  readonly inbox: InboxStore;
  readonly partitions: PartitionStore;
  readonly links: LinkStore;
  readonly challenges: LinkChallengeStore;
  readonly aliases: AliasStore;
  readonly discovery: DiscoveryStore;
  readonly tombstones: TombstoneStore;
  readonly holds: HoldStore;
  readonly personal: PersonalStore;
  readonly wishes: RetentionWishStore;
  readonly purgeLedger: PurgeLedgerStore;
  readonly reports: ReportStore;
  readonly preferences: PreferenceStore;
  readonly routes: RouteStore;
  readonly revokedStatements: RevokedStatementStore;
  readonly guard: PostgresGuardStore;
  readonly abuseDecisions: AbuseDecisionStore;
  readonly privacy: PrivacyStore;

  constructor(options: { readonly url: string; readonly maxConnections?: number }) {
    this.database = new Database(options);
    this.tenants = new TenantStore(this.database);
    this.accounts = new AccountStore(this.database);
    this.preKeys = new PreKeyStore(this.database);
    this.consents = new ConsentStore(this.database);
    this.contacts = new ContactStore(this.database);
    this.standings = new ContactStandingStore(this.database);
    this.numbers = new SealedNumberStore(this.database);
    this.numberDigests = new NumberDigestStore(this.database);
    this.recipients = new RecipientStore(this.database);
    this.messages = new MessageStore(this.database);
    this.lanes = new LaneStore(this.database);
    this.attempts = new AttemptStore(this.database);
    this.inbox = new InboxStore(this.database);
    this.partitions = new PartitionStore(this.database);
    this.links = new LinkStore(this.database);
    this.challenges = new LinkChallengeStore(this.database);
    this.aliases = new AliasStore(this.database);
    this.discovery = new DiscoveryStore(this.database);
    this.tombstones = new TombstoneStore(this.database);
    this.holds = new HoldStore(this.database);
    this.personal = new PersonalStore(this.database);
    this.wishes = new RetentionWishStore(this.database);
    this.purgeLedger = new PurgeLedgerStore(this.database);
    this.reports = new ReportStore(this.database);
    this.preferences = new PreferenceStore(this.database);
    this.routes = new RouteStore(this.database);
    this.revokedStatements = new RevokedStatementStore(this.database);
    this.guard = new PostgresGuardStore(this.database, this.partitions);
    this.abuseDecisions = new AbuseDecisionStore(this.database);
    this.privacy = new PrivacyStore(this.database);
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}
