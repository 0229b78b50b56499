/** What is stored leaves on time. */
export * from './keep-tombstones.js';
export * from './retention-ledger.js';
export * from './keep-holds.js';
export * from './make-partitions.js';
export * from './drop-partitions.js';
export * from './write-ledger.js';
export * from './strictest.js';
export * from './policy-book.js';
export * from './purge-brake.js';
export * from './purge-lag.js';
