export * from './abilities.js';
export * from './adapter.js';
export * from './carry.js';
export * from './conversation-abilities.js';
export * from './deliver-outcome.js';
export * from './inbound.js';
export * from './outbound.js';
export * from './outbound-body.js';
