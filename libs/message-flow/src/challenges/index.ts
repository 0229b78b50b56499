export * from './challenge.js';
export * from './operator-approval.js';
export * from './private-token.js';
export * from './pass-challenge.js';
export * from './issue-tokens.js';
