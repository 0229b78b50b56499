/** What those that serve share: figures, problem documents, checked requests, questions between our processes. Loads Nest and Prometheus. */
export * from './metrics-table.js';
export * from './metrics.js';
export * from './events.js';
export * from './problem-document.js';
export * from './problem-filter.js';
export * from './rpc-problem-filter.js';
export * from './request-validation.js';
export { privateServer } from './private-server.js';
export { PrivateClient } from './private-client.js';
export { PrivateClients } from './private-clients.js';
export { answerPrivately, type Answerer } from './answer-privately.js';
