import {
  ACCOUNT_SETTINGS,
  CONVERSATION_SETTINGS,
  DEFAULT_SWITCHES,
  type AccountId,
  type ConversationId,
  type PrivacySwitches,
  type TenantId,
} from '@causeway/message-model';
import type { Database } from './database.js';

export interface SwitchOwner {
  readonly tenant: TenantId;
  readonly account: AccountId;
}

interface SwitchRow {
  readonly scope: string;
  readonly typing: string;
  readonly readReports: string;
}

/** Under which name the row of the account itself lies; no conversation id can be it. */
const ACCOUNT = '*';

/** What people decided about typing and read reports. One row per scope; the last word stands. */
export class PrivacyStore {
  constructor(private readonly database: Database) {}

  async setForAccount(owner: SwitchOwner, set: PrivacySwitches['account']): Promise<void> {
    await this.put(owner, { scope: ACCOUNT, ...set });
  }

  async setForConversation(
    owner: SwitchOwner,
    conversation: ConversationId,
    set: PrivacySwitches['conversation'],
  ): Promise<void> {
    await this.put(owner, { scope: conversation, ...set });
  }

  /** As it stands now; without a conversation, for one about which nothing was decided. */
  async of({ tenant, account }: SwitchOwner, conversation?: ConversationId): Promise<PrivacySwitches> {
    const rows = await this.database.query<SwitchRow>(
      `SELECT conversation_id AS scope, typing, read_reports AS "readReports" FROM registry.privacy_switch
       WHERE tenant_id = $1 AND account_id = $2 AND conversation_id = ANY(ARRAY[$3, $4])`,
      tenant,
      account,
      ACCOUNT,
      conversation ?? ACCOUNT,
    );
    const own = rows.find(({ scope }) => scope === ACCOUNT);
    const here = rows.find(({ scope }) => scope === conversation);
    return {
      account: {
        typing: settingOf(ACCOUNT_SETTINGS, own?.typing) ?? DEFAULT_SWITCHES.account.typing,
        readReports: settingOf(ACCOUNT_SETTINGS, own?.readReports) ?? DEFAULT_SWITCHES.account.readReports,
      },
      conversation: {
        typing: settingOf(CONVERSATION_SETTINGS, here?.typing) ?? 'default',
        readReports: settingOf(CONVERSATION_SETTINGS, here?.readReports) ?? 'default',
      },
    };
  }

  private async put({ tenant, account }: SwitchOwner, row: SwitchRow): Promise<void> {
    await this.database.query(
      `INSERT INTO registry.privacy_switch (tenant_id, account_id, conversation_id, typing, read_reports) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, account_id, conversation_id) DO UPDATE SET typing = excluded.typing, read_reports = excluded.read_reports`,
      tenant,
      account,
      row.scope,
      row.typing,
      row.readReports,
    );
  }
}

const settingOf = <Setting extends string>(known: readonly Setting[], text: string | undefined): Setting | undefined =>
  known.find((setting) => setting === text);
