import { CausewayError } from '@causeway/message-model';
import type { AuthenticatedDevice, PreferenceChange, PreferenceStore, StoredPreferences } from '@causeway/storage';

/** What a person decides about routes: for everybody, and towards one other person. */
export class DecidePreferences {
  constructor(private readonly preferences: PreferenceStore) {}

  async all(owner: AuthenticatedDevice) {
    return described(await this.preferences.list(owner));
  }

  /** `peer` is a native address or a contact, and empty for everybody. Answers with everything that holds now. */
  async change(owner: AuthenticatedDevice, peer: string, change: PreferenceChange) {
    const stored = await this.preferences.change(owner, peer, change);
    if (!stored)
      throw new CausewayError('rate-limited', { detail: 'There are rules for as many people as there can be' });
    return this.all(owner);
  }
}

const NOTHING = { networksOn: [], notOver: [], order: null, removed: [], floor: null } as const;

function described(rows: readonly StoredPreferences[]) {
  const { networksOn, notOver, order, removed, floor } = rows.find(({ peer }) => peer === '') ?? NOTHING;
  const peers = rows
    .filter(({ peer }) => peer !== '')
    .map((row) => ({ peer: row.peer, notOver: row.notOver, order: row.order, removed: row.removed, floor: row.floor }));
  return { networksOn, notOver, order, removed, floor, peers };
}
