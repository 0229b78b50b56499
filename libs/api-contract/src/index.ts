/**
 * The REST and socket contract of Causeway, one schema per body: the gateway validates and documents with them, the client speaks them.
 * Bytes travel as unpadded base64url; times as unix seconds (rules) or RFC 3339 (for people).
 */
export * from './fields.js';
export * from './discovery.js';
export * from './accounts.js';
export * from './routes.js';
export * from './privacy.js';
export * from './messages.js';
export * from './inbox.js';
export * from './retention.js';
export * from './reports.js';
export * from './wire-json.js';
export * from './links.js';
export * from './account-data.js';
export * from './preferences.js';
export * from './abuse.js';
