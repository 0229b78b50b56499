import { SERVERS, type TableEntry } from './table-entry.js';

/** What people decided about routes. */
export const PEOPLE_INVENTORY: readonly TableEntry[] = [
  {
    table: 'registry.preference',
    lifetime: 'until the person changes it or erases the account',
    readers: SERVERS,
    defaultClass: 'registry',
    columns: {
      tenant_id: 'owner',
      account_id: 'whose decision it is',
      peer: 'the account or contact it is about; empty for everybody',
      networks_on: 'clear networks the person turned on',
      not_over: 'networks that may carry none of their words',
      route_order: 'in which order they want to be reached',
      removed: 'ways they took out as a sender',
      floor: 'whether only end-to-end encrypted ways are wanted',
    },
  },
  {
    table: 'registry.route_choice',
    lifetime: 'until one of the two erases their account',
    readers: ['gateway'],
    defaultClass: 'registry',
    columns: {
      tenant_id: 'owner',
      account_id: 'who writes',
      conversation_id: 'in which conversation',
      way: 'the way taken last, so that a conversation stays with it and a change is told',
      route_order: 'the recipient’s order at that time',
    },
  },
  {
    table: 'registry.revoked_statement',
    lifetime: 'until the permission would have ended (`expires_at`), 30 days at most',
    readers: ['gateway', 'edge'],
    defaultClass: 'registry',
    columns: {
      tenant_id: 'owner',
      account_id: 'who took it back',
      statement_id: 'random name of the permission',
      expires_at: 'when it would have ended by itself',
    },
  },
];
