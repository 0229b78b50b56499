import type { TableEntry } from './table-entry.js';

const TWO_WEEKS =
  'until the key of its week is destroyed, 7 to 14 days; then nobody can tell whose it was, and its partition is dropped';

/** What the guard keeps: conduct under names that only a key of the week can make, and decisions about accounts. */
export const ABUSE_INVENTORY: readonly TableEntry[] = [
  {
    table: 'transit.guard_conduct',
    lifetime: TWO_WEEKS,
    readers: ['gateway', 'edge'],
    defaultClass: 'transit',
    columns: {
      purge_hour: 'partition: the hour in which the key of its week dies',
      sender: 'keyed name of a sender, another one each week',
      first_seen: 'when this sender was first noticed',
      last_send: 'for the evenness of sending',
      send_gaps: 'up to 20 times between sends',
      gap_classes: 'up to 20 distances between new numbers, as same, near or far',
      outcomes: 'up to 50 outcomes, as delivered or failed',
      countries: 'countries of new recipients, with when',
      reporters: 'keyed names of up to 20 people who reported, with when',
      blockers: 'keyed names of up to 20 people who blocked, with when',
      standing: 'level that stands, until when, and the name of its decision',
      pardon: 'level that was lifted, and until when',
    },
  },
  {
    table: 'transit.guard_pair',
    lifetime: TWO_WEEKS,
    readers: ['gateway', 'edge'],
    defaultClass: 'transit',
    columns: {
      purge_hour: 'partition',
      sender: 'keyed name of a sender, another one each week',
      recipient: 'keyed name of a recipient, another one each week',
      first_at: 'when they first wrote',
      messages: 'how many they sent',
      has_answered: 'that the other wrote back',
    },
  },
  {
    table: 'transit.guard_tally',
    lifetime: TWO_WEEKS,
    readers: ['gateway', 'edge'],
    defaultClass: 'transit',
    columns: {
      purge_hour: 'partition',
      tenant: 'keyed name of a tenant',
      name: 'what is counted: first contacts, answers, countries that answered, suspended senders and registration networks with some under keyed names',
      n: 'how many',
    },
  },
  {
    table: 'transit.registration',
    lifetime: 'until the key of its week is destroyed, 7 to 14 days after the registration, or the account is erased',
    readers: ['gateway', 'edge'],
    defaultClass: 'transit',
    columns: {
      tenant_id: 'owner',
      account_id: 'who was registered',
      network:
        'keyed names of the network it was done from, to know accounts that were made together; only where `CAUSEWAY_REGISTRATION_NETWORK` is on',
      purge_hour: 'when it goes',
    },
  },
  {
    table: 'transit.abuse_decision',
    lifetime: '30 days, then its partition is dropped',
    readers: ['gateway'],
    defaultClass: 'transit',
    columns: {
      purge_hour: 'partition',
      id: 'names the decision; holds the hour',
      tenant_id: 'owner',
      account_id: 'who was limited, and may read it and appeal',
      level: 'step of the ladder',
      score: 'evidence against ordinary conduct',
      reasons: 'signals with their values and thresholds: numbers, never whom it was about',
      decided_at: 'since when',
      until_at: 'until when it stands unless lifted',
      state: 'stands, asked, passed, appealed, upheld or lifted',
      grounds: 'why the person appealed, one of a few words',
      appealed_at: 'when they did, or asked to be let through',
      reviewed_at: 'when an operator answered, or a challenge was passed',
    },
  },
  {
    table: 'transit.spent_token',
    lifetime: 'until no challenge that the token answers can stand, an hour and a half',
    readers: ['gateway'],
    defaultClass: 'transit',
    columns: {
      digest: 'digest of a token that was spent: it is taken once',
      purge_hour: 'when it goes',
    },
  },
  {
    table: 'transit.spending',
    lifetime: 'until the end of the next day',
    readers: ['gateway'],
    defaultClass: 'transit',
    columns: {
      tenant_id: 'who spends',
      day: 'of UTC',
      country: 'where the telephones are; `*` is all together',
      units: 'messages that cost money: nobody is named',
      purge_hour: 'when it goes',
    },
  },
  {
    table: 'transit.voucher',
    lifetime: 'until it is exchanged for a token, or the time is over that the operator gave it, 30 days at most',
    readers: ['gateway'],
    defaultClass: 'transit',
    columns: {
      digest: 'digest of a voucher that an operator handed out',
      purge_hour: 'when it goes',
    },
  },
];
