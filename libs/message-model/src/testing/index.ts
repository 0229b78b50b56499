export * from './content-arbitraries.js';
export * from './state-arbitraries.js';
