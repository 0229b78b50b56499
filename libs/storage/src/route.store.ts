import {
  toBytes,
  type AccountId,
  type Bytes,
  type ContactId,
  type ConversationId,
  type LinkId,
  type TenantId,
} from '@causeway/message-model';
import type { NativeConversation } from './consent.store.js';
import type { ContactSummary } from './contact.store.js';
import type { Database } from './database.js';
import type { SignedLink } from './link.store.js';
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
  /** Accounts that the one of the grant is linked with, and that its people may be led to. */
  readonly linked: readonly LinkedAccount[];
  /** The address on a clear network: the one asked for, or that of the same person. */
  readonly contact: ContactSummary | undefined;
  readonly sender: Preferences;
  readonly recipient: Preferences | undefined;
  /** The way this conversation took last. */
  readonly choice: { readonly way: string; readonly order: readonly string[] } | undefined;
}

export type NativeWay = Omit<NativeConversation, 'isBlockedByPeer'>;

/** Another account of the person who granted, linked with the one that did by both. */
export interface LinkedAccount {
  readonly link: LinkId;
  readonly signed: SignedLink;
  readonly account: AccountId;
  readonly address: string;
  readonly listVersion: number;
  readonly crossNetwork: boolean;
  /** Where it granted this sender, by itself or by the link; null otherwise. */
  readonly conversation: ConversationId | null;
  /** Neither of the two refused the other: the grant may be carried over. */
  readonly isOpen: boolean;
}

interface Row {
  readonly conversation: ConversationId | null;
  readonly peer: AccountId;
  readonly peerAddress: string;
  readonly peerListVersion: number;
  readonly selfListVersion: number;
  readonly contact: ContactSummary | null;
  readonly linked: readonly LinkedRow[] | null;
  readonly sender: readonly StoredPreferences[] | null;
  readonly recipient: readonly StoredPreferences[] | null;
  readonly way: string | null;
  readonly order: readonly string[] | null;
}

interface LinkedRow extends Omit<LinkedAccount, 'signed'> {
  readonly document: string;
  readonly offered: string;
  readonly accepted: string;
}

/** Accounts that offered themselves to the one of the grant. Nothing is read of them where there is no grant. */
const LINKED = `
  SELECT jsonb_agg(jsonb_build_object('link', l.id, 'account', l.account_id, 'address', o.address, 'listVersion', o.device_list_version,
    'crossNetwork', o.cross_network, 'document', encode(l.document, 'hex'), 'offered', encode(l.offered, 'hex'),
    'accepted', encode(l.accepted, 'hex'), 'conversation', CASE WHEN c.state = 'granted' THEN c.conversation_id END,
    'isOpen', coalesce(c.state <> 'refused', true) AND coalesce(m.state <> 'refused' AND NOT m.is_blocked, true)) ORDER BY l.id) AS linked
  FROM registry.link l
  JOIN LATERAL (SELECT address, device_list_version, cross_network FROM registry.account
    WHERE tenant_id = $1 AND id = l.account_id LIMIT 1) o ON true
  LEFT JOIN LATERAL (SELECT state, conversation_id FROM registry.consent
    WHERE tenant_id = $1 AND owner_account = l.account_id AND peer_account = $2 LIMIT 1) c ON true
  LEFT JOIN LATERAL (SELECT state, is_blocked FROM registry.consent
    WHERE tenant_id = $1 AND owner_account = $2 AND peer_account = l.account_id LIMIT 1) m ON true
  WHERE l.tenant_id = $1 AND l.linked_account = g.owner_account AND l.account_id <> $2 AND l.expires_at > $4 AND l.document IS NOT NULL`;

/** A link that is past its time is no link, whether or not its end was written down yet. `$4` is now. */
const IS_LINKED = `coalesce((SELECT l.expires_at > $4 FROM registry.link l WHERE l.tenant_id = $1 AND l.id = t.link_id LIMIT 1), true)`;
const CONTACT = 't.id, t.conversation_id, t.country, t.line_type, t.linked_account, t.link_id';
const CONSENT = `SELECT c.owner_account, c.conversation_id FROM registry.consent c
  WHERE c.tenant_id = $1 AND c.peer_account = $2 AND c.state = 'granted'`;

const contactBy = (key: 'id' | 'conversation_id'): string => `
  SELECT ${CONTACT} FROM (SELECT * FROM registry.contact WHERE tenant_id = $1 AND ${key} = $3 LIMIT 1) t WHERE t.account_id = $2`;
const OF_SAME_PERSON = `SELECT ${CONTACT} FROM registry.contact t
  WHERE t.tenant_id = $1 AND t.account_id = $2 AND t.linked_account = g.owner_account AND ${IS_LINKED} ORDER BY t.id LIMIT 1`;
const BY_LINKED_NUMBER = `(SELECT n.linked_account FROM (SELECT n.link_id) t WHERE ${IS_LINKED})`;

/**
 * How each kind of target leads to a grant, and to the contact of the same person. `$3` is the target; a contact leads to the account its number
 * was linked by. Every row is looked up by a key: nothing grows with how many people somebody knows. Each `LIMIT 1` tells so to the planner,
 * which has no samples of these tables and would otherwise fetch one row as if it were many.
 */
const FIND: Readonly<Record<RouteTarget['kind'], string>> = {
  address: `
    LEFT JOIN LATERAL (
      ${CONSENT} AND c.owner_account = (SELECT a.id FROM registry.account a WHERE a.tenant_id = $1 AND a.address = $3) LIMIT 1) g ON true
    LEFT JOIN LATERAL (${OF_SAME_PERSON}) t ON true`,
  conversation: `
    LEFT JOIN LATERAL (${contactBy('conversation_id')}) n ON true
    LEFT JOIN LATERAL (
      (${CONSENT} AND c.conversation_id = $3 LIMIT 1)
      UNION ALL (${CONSENT} AND c.conversation_id <> $3 AND c.owner_account = ${BY_LINKED_NUMBER} LIMIT 1)) g ON true
    LEFT JOIN LATERAL (SELECT n.* WHERE n.id IS NOT NULL UNION ALL (${OF_SAME_PERSON}) LIMIT 1) t ON true`,
  contact: `
    LEFT JOIN LATERAL (${contactBy('id')}) t ON true
    LEFT JOIN LATERAL (${CONSENT} AND c.owner_account = t.linked_account AND ${IS_LINKED} LIMIT 1) g ON true`,
};

/** One statement, whatever is asked for and however many ways there are. `$1` tenant, `$2` who asks, `$3` the target, `$4` now. */
const PLAN = (found: string): string => `
  SELECT g.conversation_id AS conversation, g.owner_account AS peer, p.address AS "peerAddress", p.device_list_version AS "peerListVersion",
    s.device_list_version AS "selfListVersion",
    CASE WHEN t.id IS NOT NULL THEN jsonb_build_object('contact', t.id, 'conversation', t.conversation_id, 'country', t.country,
      'lineType', t.line_type) END AS contact,
    k.linked,
    ${preferencesOf('$1', '$2', ['p.address', 't.id'])} AS sender,
    ${preferencesOf('$1', 'g.owner_account', ['s.address'])} AS recipient,
    r.way, r.route_order AS "order"
  FROM registry.account s
  ${found}
  LEFT JOIN LATERAL (SELECT address, device_list_version FROM registry.account WHERE tenant_id = $1 AND id = g.owner_account LIMIT 1) p ON true
  LEFT JOIN LATERAL (${LINKED}) k ON true
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
      linked: (row.linked ?? []).map(linkedAccount),
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
    const written = await this.database.query(
      `INSERT INTO registry.route_choice AS r (tenant_id, account_id, conversation_id, way, route_order) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant_id, account_id, conversation_id) DO UPDATE SET way = $4, route_order = $5 WHERE r.way = $6
       RETURNING way`,
      input.tenant,
      input.account,
      input.conversation,
      input.way,
      input.order,
      input.before ?? '',
    );
    return written.length > 0 && input.before !== undefined && input.before !== input.way;
  }
}

function nativeWay({ conversation, peer, peerAddress, peerListVersion, selfListVersion }: Row): readonly NativeWay[] {
  return conversation === null ? [] : [{ conversation, peer, peerAddress, peerListVersion, selfListVersion }];
}

const bytesOf = (hex: string): Bytes => toBytes(Buffer.from(hex, 'hex'));

function linkedAccount({ document, offered, accepted, ...linked }: LinkedRow): LinkedAccount {
  const signed = { document: bytesOf(document), offered: bytesOf(offered), accepted: bytesOf(accepted) };
  return { ...linked, signed };
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
