import type { AccountId, ContactId, ConversationId, TenantId } from '@causeway/message-model';
import type { NativeConversation } from './consent.store.js';
import type { ContactSummary } from './contact.store.js';
import type { Database } from './database.js';
import { mergePreferences, preferencesOf } from './merge-preferences.js';
import type { Preferences, StoredPreferences } from './preference.store.js';

export type RouteTarget =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'contact'; readonly contact: ContactId }
  | { readonly kind: 'conversation'; readonly conversation: ConversationId };

/** Everything a plan rests on, of both ends. Nothing of a person who did not grant is in it, and no block. */
export interface RoutePeople {
  /** Native conversations with this person, each after a grant; the rules of the first account hold. */
  readonly natives: readonly NativeWay[];
  /** The address on a clear network: the one asked for, or that of the same person. */
  readonly contact: ContactSummary | undefined;
  readonly sender: Preferences;
  readonly recipient: Preferences | undefined;
  /** The way this conversation took last. */
  readonly choice: { readonly way: string; readonly order: readonly string[] } | undefined;
}

export type NativeWay = Omit<NativeConversation, 'isBlockedByPeer'>;

interface Row {
  readonly conversation: ConversationId | null;
  readonly peer: AccountId;
  readonly peerAddress: string;
  readonly peerListVersion: number;
  readonly selfListVersion: number;
  readonly contact: ContactSummary | null;
  readonly sender: readonly StoredPreferences[] | null;
  readonly recipient: readonly StoredPreferences[] | null;
  readonly way: string | null;
  readonly order: readonly string[] | null;
}

/** A link that is past its time is no link, whether or not its end was written down yet. `$4` is now. */
const IS_LINKED = `NOT EXISTS (SELECT FROM registry.link l WHERE l.tenant_id = $1 AND l.id = t.link_id AND l.expires_at <= $4)`;
const CONTACT = `SELECT id, conversation_id, country, line_type FROM registry.contact t
  WHERE t.tenant_id = $1 AND t.account_id = $2`;
const LINKED = `SELECT t.linked_account FROM registry.contact t WHERE t.tenant_id = $1 AND t.account_id = $2 AND ${IS_LINKED}`;
const CONSENT = `SELECT c.owner_account, c.conversation_id FROM registry.consent c
  WHERE c.tenant_id = $1 AND c.peer_account = $2 AND c.state = 'granted'`;

/** How each kind of target leads to a grant and to a contact. `$3` is the target; a contact leads to the account its number was linked by. */
const FIND: Readonly<Record<RouteTarget['kind'], { readonly grant: string; readonly contact: string }>> = {
  address: {
    grant: `${CONSENT} AND c.owner_account = (SELECT a.id FROM registry.account a WHERE a.tenant_id = $1 AND a.address = $3)`,
    contact: `${CONTACT} AND t.linked_account = g.owner_account AND ${IS_LINKED} ORDER BY t.id LIMIT 1`,
  },
  conversation: {
    grant: `${CONSENT} AND (c.conversation_id = $3 OR c.owner_account = (
      ${LINKED} AND t.conversation_id = $3))`,
    contact: `${CONTACT} AND (t.conversation_id = $3 OR (t.linked_account = g.owner_account AND ${IS_LINKED})) ORDER BY t.conversation_id <> $3 LIMIT 1`,
  },
  contact: {
    grant: `${CONSENT} AND c.owner_account = (${LINKED} AND t.id = $3)`,
    contact: `${CONTACT} AND t.id = $3`,
  },
};

/** One statement, whatever is asked for and however many ways there are. `$1` tenant, `$2` who asks, `$3` the target, `$4` now. */
const PLAN = (of: (typeof FIND)[RouteTarget['kind']]): string => `
  SELECT g.conversation_id AS conversation, g.owner_account AS peer, p.address AS "peerAddress", p.device_list_version AS "peerListVersion",
    s.device_list_version AS "selfListVersion",
    CASE WHEN t.id IS NOT NULL THEN jsonb_build_object('contact', t.id, 'conversation', t.conversation_id, 'country', t.country,
      'lineType', t.line_type) END AS contact,
    ${preferencesOf('$1', '$2', ['p.address', 't.id'])} AS sender,
    ${preferencesOf('$1', 'g.owner_account', ['s.address'])} AS recipient,
    r.way, r.route_order AS "order"
  FROM registry.account s
  LEFT JOIN LATERAL (${of.grant}) g ON true
  LEFT JOIN LATERAL (${of.contact}) t ON true
  LEFT JOIN registry.account p ON p.tenant_id = $1 AND p.id = g.owner_account
  LEFT JOIN registry.route_choice r ON r.tenant_id = $1 AND r.account_id = $2 AND r.conversation_id = coalesce(t.conversation_id, g.conversation_id)
  WHERE s.tenant_id = $1 AND s.id = $2`;

/** What route plans are made of. */
export class RouteStore {
  constructor(private readonly database: Database) {}

  async people(
    caller: { readonly tenant: TenantId; readonly account: AccountId },
    target: RouteTarget,
    now: Date,
  ): Promise<RoutePeople> {
    const { tenant, account } = caller;
    const rows = await this.database.query<Row>(PLAN(FIND[target.kind]), tenant, account, nameOf(target), now);
    const [row] = rows;
    if (!row) throw new Error('the caller has no account');
    const { way, order } = row;
    const natives = rows.flatMap(nativeWay);
    return {
      natives,
      contact: row.contact ?? undefined,
      sender: mergePreferences(row.sender),
      recipient: natives.length === 0 ? undefined : mergePreferences(row.recipient),
      choice: way === null ? undefined : { way, order: order ?? [] },
    };
  }

  /** Remembers the way a conversation takes now. True when it took another one before, told to one caller only. */
  async choose(input: {
    readonly tenant: TenantId;
    readonly account: AccountId;
    readonly conversation: ConversationId;
    readonly way: string;
    readonly order: readonly string[];
    readonly before: string | undefined;
  }): Promise<boolean> {
    const rows = await this.database.query<{ readonly wasThere: boolean }>(
      `INSERT INTO registry.route_choice AS r (tenant_id, account_id, conversation_id, way, route_order) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, account_id, conversation_id) DO UPDATE SET way = $4, route_order = $5 WHERE r.way = $6
       RETURNING r.xmax::text <> '0' AS "wasThere"`,
      input.tenant,
      input.account,
      input.conversation,
      input.way,
      input.order,
      input.before ?? '',
    );
    return rows[0]?.wasThere === true && input.before !== input.way;
  }
}

function nativeWay({ conversation, peer, peerAddress, peerListVersion, selfListVersion }: Row): readonly NativeWay[] {
  return conversation === null ? [] : [{ conversation, peer, peerAddress, peerListVersion, selfListVersion }];
}

function nameOf(target: RouteTarget): string {
  switch (target.kind) {
    case 'address':
      return target.address;
    case 'contact':
      return target.contact;
    case 'conversation':
      return target.conversation;
  }
}
