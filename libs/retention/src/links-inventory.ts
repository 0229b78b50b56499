import { SERVERS, type TableEntry } from './table-entry.js';

/** Native networks, links, aliases, and what limits the search for people. */
export const LINKS_INVENTORY: readonly TableEntry[] = [
  {
    table: 'registry.native_host',
    lifetime: 'while the tenant exists',
    readers: SERVERS,
    defaultClass: 'registry',
    columns: { host: 'host of the addresses of one native network', tenant_id: 'whose network it is' },
  },
  {
    table: 'registry.link',
    lifetime:
      'a year after its proof, or until the person takes it back; 30 days more, without number and signatures, where it ended by itself',
    readers: ['gateway', 'edge'],
    defaultClass: 'registry',
    columns: {
      tenant_id: 'owner',
      id: 'random name of the link',
      account_id: 'whose link it is',
      kind: 'a number or another account',
      linked_account: 'the other account of the same person',
      number_digest:
        'sealed: keyed digest, under a key of its own purpose, so that the number finds its owner; gone when the link ends',
      digest_version: 'which key of the edge made the digest',
      sealed_number: 'sealed: the number, openable by the edge alone; gone when the link ends',
      country: 'all that is known of the number outside the edge',
      findable: 'who may find the person by it: nobody unless they say so',
      proved_at: 'when it was proved last',
      expires_at: 'when it must be proved again',
      ended_at: 'when it ended by itself, shown to its owner',
      ended_because: 'why it ended by itself, shown to its owner',
      document:
        'that both accounts are one person’s, shown to whom the one that accepted granted; gone when the link ends',
      offered: 'signature of a device of the one account under it, for others to check; gone when the link ends',
      accepted: 'signature of a device of the other account under it, for others to check; gone when the link ends',
    },
  },
  {
    table: 'registry.alias',
    lifetime: 'until the person revokes it, or its own end (`expires_at`)',
    readers: ['gateway', 'edge'],
    defaultClass: 'registry',
    columns: {
      tenant_id: 'owner',
      id: 'random name of the alias',
      account_id: 'whose door it opens',
      code: 'what the person hands out',
      kind: 'for one contact, a listing, or anybody',
      expires_at: 'when its door shuts by itself',
      created_at: 'shown to the owner',
    },
  },
  {
    table: 'registry.retired_binding',
    lifetime: '180 days',
    readers: ['edge'],
    defaultClass: 'registry',
    columns: {
      tenant_id: 'owner',
      bridge_number_id: 'which of our numbers the telephone knew',
      binding_digest:
        'sealed: keyed digest of the telephone, so that nobody else gets this pair; whose it was is not kept',
      digest_version: 'which key of the edge made the digest',
      retired_at: 'when its 180 days began',
    },
  },
  {
    table: 'transit.link_challenge',
    lifetime: '24 hours',
    readers: ['edge'],
    defaultClass: 'sealed',
    columns: {
      tenant_id: 'owner',
      id: 'random name of the challenge',
      account_id: 'who asked for the code; limits how many',
      number_digest: 'keyed digest of the number; limits how many codes go to one telephone',
      digest_version: 'which key of the edge made the digest',
      sealed_number: 'the number, openable by the edge alone, for the link that a right code makes',
      country: 'all that is known of the number outside the edge',
      code_digest: 'keyed digest of the code',
      tries: 'limits guessing',
      created_at: 'limits how many codes in a day',
      expires_at: 'until when the code is good',
    },
  },
  {
    table: 'transit.discovery',
    lifetime: 'the day it is about, and an hour',
    readers: ['gateway', 'edge'],
    defaultClass: 'transit',
    columns: {
      day: 'the limits are of one day',
      asker: 'pseudonym of who asked; limits for how many they ask',
      target: 'pseudonym of who was asked for; limits how many ask for them',
    },
  },
];
