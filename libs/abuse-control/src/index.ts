/**
 * Finds abuse from metadata alone. Imports nothing of ours: what it is not given it cannot see. `Guard` judges, a `GuardStore` remembers for
 * at most 14 days under names that only `K_guard` can make.
 */
export * from './tenant-profile.js';
export * from './guard-event.js';
export * from './decision.js';
export * from './guard-store.js';
export * from './memory-guard-store.js';
export * from './redis-guard-store.js';
export * from './pseudonyms.js';
export * from './key-ring.js';
export * from './registration-network.js';
export * from './replay-keys.js';
export * from './signals.js';
export * from './weights.js';
export * from './ladder.js';
export * from './limits.js';
export * from './spending-limits.js';
export * from './score.js';
export { decisionSentence } from './sentences.js';
export * from './guard.js';
export * from './reports/index.js';
