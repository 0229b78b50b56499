/** What is stored leaves on time. */
export * from './keep-partitions.js';
export * from './keep-tombstones.js';
export * from './retention-ledger.js';
export * from './keep-holds.js';
