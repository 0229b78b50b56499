import type { Preferences, StoredPreferences } from './preference.store.js';

/**
 * One person's rules towards one other: what they said of everybody, tightened or made exact by what they said of this one. Which networks
 * are on is said of the account alone.
 */
export function mergePreferences(rows: readonly StoredPreferences[] | null): Preferences {
  const all = rows ?? [];
  const general = all.find(({ peer }) => peer === '');
  const particular = all.filter(({ peer }) => peer !== '');
  return {
    networksOn: general?.networksOn ?? [],
    notOver: all.flatMap(({ notOver }) => notOver),
    order: particular.find(({ order }) => order !== null)?.order ?? general?.order ?? [],
    removed: all.flatMap(({ removed }) => removed),
    floor: all.some(({ floor }) => floor === 'sealed') ? 'sealed' : null,
  };
}

/** SQL: the rows of one account about everybody and about `peers`, as one JSON array. */
export const preferencesOf = (tenant: string, account: string, peers: readonly string[]): string =>
  `(SELECT jsonb_agg(jsonb_build_object('peer', f.peer, 'networksOn', f.networks_on, 'notOver', f.not_over, 'order', f.route_order,
      'removed', f.removed, 'floor', f.floor))
    FROM registry.preference f WHERE f.tenant_id = ${tenant} AND f.account_id = ${account} AND f.peer = ANY(ARRAY['', ${peers.join(', ')}]))`;
