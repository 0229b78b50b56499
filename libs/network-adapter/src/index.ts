export * from './abilities.js';
export * from './adapter.js';
export * from './deliver-outcome.js';
export * from './inbound.js';
export * from './outbound.js';
