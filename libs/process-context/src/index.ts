/** What every process of Causeway is opened with: settings, clock, log, stores, queue and the words for devices. */
export * from './process-context.js';
export * from './shared-key.js';
export * from './report-keys.js';
export * from './remote-device-waker.js';
export * from './every.js';
export * from './serve-metrics.js';
