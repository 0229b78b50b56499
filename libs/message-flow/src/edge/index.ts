/** The use cases of the edge, the only process that opens or seals words. Nothing but `apps/edge` imports this. */
export * from './edge-context.js';
export * from './bridge-numbers.js';
export * from './verified-devices.js';
export * from './resolve-contact.js';
export { ProveNumber, LINK_DAYS } from './prove-number.js';
export * from './check-permission.js';
export * from './dispatch-clear-lane.js';
export * from './fall-back.js';
export * from './indicate.js';
export { MakeAttempt } from './make-attempt.js';
export * from './re-seal-numbers.js';
export * from './record-outcome.js';
export * from './record-receipt.js';
export * from './reconcile-attempt.js';
export * from './accept-inbound.js';
export * from './sweep-inbound.js';
export { linkedNumberAad, numberAad } from './number-at-rest.js';
export * from './forget-erased.js';
