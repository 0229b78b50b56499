import { AccountStore } from './account.store.js';
import { AttemptStore } from './attempt.store.js';
import { ConsentStore } from './consent.store.js';
import { ContactStore } from './contact.store.js';
import { Database } from './database.js';
import { InboxStore } from './inbox.store.js';
import { LaneStore } from './lane.store.js';
import { MessageStore } from './message.store.js';
import { PartitionStore } from './partitions.store.js';
import { PreKeyStore } from './pre-key.store.js';
import { PrivacyStore } from './privacy.store.js';
import { RecipientStore } from './recipient.store.js';
import { TenantStore } from './tenant.store.js';

/** Every store of a process over one pool. */
export class Stores {
  readonly database: Database;
  readonly tenants: TenantStore;
  readonly accounts: AccountStore;
  readonly preKeys: PreKeyStore;
  readonly consents: ConsentStore;
  readonly contacts: ContactStore;
  readonly recipients: RecipientStore;
  readonly messages: MessageStore;
  readonly lanes: LaneStore;
  readonly attempts: AttemptStore;
  readonly inbox: InboxStore;
  readonly partitions: PartitionStore;
  readonly privacy: PrivacyStore;

  constructor(options: { readonly url: string; readonly maxConnections?: number }) {
    this.database = new Database(options);
    this.tenants = new TenantStore(this.database);
    this.accounts = new AccountStore(this.database);
    this.preKeys = new PreKeyStore(this.database);
    this.consents = new ConsentStore(this.database);
    this.contacts = new ContactStore(this.database);
    this.recipients = new RecipientStore(this.database);
    this.messages = new MessageStore(this.database);
    this.lanes = new LaneStore(this.database);
    this.attempts = new AttemptStore(this.database);
    this.inbox = new InboxStore(this.database);
    this.partitions = new PartitionStore(this.database);
    this.privacy = new PrivacyStore(this.database);
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}
