/** Everything Causeway stores, one store per noun, over one PostgreSQL. The only importer of Prisma. */
export { Database, DatabaseError, type SqlValue, type Transaction } from './database.js';
export * from './migrate.js';
export * from './partitions.store.js';
export * from './tenant.store.js';
export * from './account.store.js';
export * from './pre-key.store.js';
export * from './consent.store.js';
export * from './contact.store.js';
export * from './recipient.store.js';
export type { BoxRow, NewMessage, SealedBody } from './new-message.js';
export * from './message.store.js';
export * from './lane.store.js';
export * from './attempt.store.js';
export * from './inbox.store.js';
export type { TouchedDevice } from './state-events.js';
export * from './stores.js';
export * from './database-health.js';
export * from './at-rest.js';
