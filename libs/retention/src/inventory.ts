import { LINKS_INVENTORY } from './links-inventory.js';
import { ABUSE_INVENTORY } from './abuse-inventory.js';
import { CUSTODY_INVENTORY } from './custody-inventory.js';
import { REGISTRY_INVENTORY } from './registry-inventory.js';
import { RETENTION_INVENTORY } from './retention-inventory.js';
import type { TableEntry } from './table-entry.js';
import { TRANSIT_INVENTORY } from './transit-inventory.js';

/**
 * Every column Causeway stores, why, for how long, and who can read it (P6). A column that is not here, or an entry without its column,
 * fails the build; `docs/data-inventory.md` is generated from this table.
 */
export const INVENTORY: readonly TableEntry[] = [
  ...REGISTRY_INVENTORY,
  ...LINKS_INVENTORY,
  ...CUSTODY_INVENTORY,
  ...RETENTION_INVENTORY,
  ...TRANSIT_INVENTORY,
  ...ABUSE_INVENTORY,
];
