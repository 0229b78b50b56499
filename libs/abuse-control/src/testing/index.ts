export * from './guard-store-contract.js';
export * from './random-conduct.js';
