/** Everything Causeway stores, one store per noun, over one PostgreSQL. The only importer of Prisma. */
export { Database, DatabaseError, type SqlValue, type Transaction } from './database.js';
export * from './migrate.js';
export { OLDEST_POSTGRES } from './oldest-postgres.js';
export * from './examine-database.js';
export * from './partitions.store.js';
export * from './report.store.js';
export * from './tenant.store.js';
export * from './account.store.js';
export * from './pre-key.store.js';
export * from './consent.store.js';
export { CarriedGrantStore } from './carried-grant.store.js';
export { requestIdOf } from './request-id.js';
export type { ConsentingPerson, ConsentWordInput } from './consent-word.js';
export { type ContactSummary, ContactStore, type SealedContact } from './contact.store.js';
export * from './contact-standing.store.js';
export * from './sealed-number.store.js';
export * from './sender-facts.store.js';
export * from './number-digest.store.js';
export * from './recipient.store.js';
export * from './guard.store.js';
export * from './abuse-decision.store.js';
export * from './challenge.store.js';
export * from './spending.store.js';
export type { BoxRow, NewMessage, SealedBody } from './new-message.js';
export * from './message.store.js';
export * from './lane.store.js';
export * from './attempt.store.js';
export * from './attempt-words.js';
export type { MaterialQuestion } from './attempt-materials.js';
export * from './inbox.store.js';
export type { TouchedDevice } from './state-events.js';
export * from './link.store.js';
export * from './link-challenge.store.js';
export * from './alias.store.js';
export * from './discovery.store.js';
export * from './retention-wish.store.js';
export * from './purge-ledger.store.js';
export * from './privacy.store.js';
export * from './stores.js';
export * from './database-health.js';
export * from './at-rest.js';
export * from './tombstone.store.js';
export * from './hold.store.js';
export { PersonalStore, type ExportedStore, type Owner } from './personal.store.js';
export { IMPERSONAL_STORES, PERSONAL_STORES, whatRemains } from './personal-stores.js';
export { NOT_BACKED_UP, readBackup, type Backup } from './backup/backup-form.js';
export { writeBackup, type BackupReport } from './backup/write-backup.js';
export { restoreBackup, type RestoreReport } from './backup/restore-backup.js';
export {
  examineTombstoneFile,
  graveOf,
  readTombstoneFile,
  TombstoneLines,
  type TombstoneFile,
  type TombstoneReading,
} from './backup/tombstone-file.js';
export { rememberTombstoneHead, renameTombstoneHeads } from './backup/tombstone-heads.js';
export { type TombstoneRow } from './backup/tombstones.js';
export * from './preference.store.js';
export * from './route.store.js';
export * from './revoked-statement.store.js';
