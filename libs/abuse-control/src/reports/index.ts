/** Reports that prove themselves: tokens, the keys they live by, and how much a report counts. */
export * from './key-chain.js';
export * from './report-tokens.js';
export * from './report-pseudonyms.js';
export * from './weigh-reporters.js';
