/**
 * The use cases of gateway and worker: one file, one class, one `execute`. None of them opens anything.
 * Those of the edge, which does, are behind `@causeway/message-flow/edge`.
 */
export * from './lifetimes.js';
export * from './send-message.js';
export * from './seal-body.js';
export * from './check-clear-body.js';
export * from './acknowledge.js';
export * from './cancel-message.js';
export * from './drain-native-lane.js';
export * from './sweep.js';
export * from './dedupe-digest.js';
export * from './group-commit.js';
export * from './conduct-watch.js';
export * from './judge-send.js';
export * from './charge-tenant.js';
export * from './review-decisions.js';
export * from './challenges/index.js';
export * from './wakes.js';
export * from './stamped-box.js';
