export { describeAdapterLaws } from './describe-adapter-laws.js';
export { LAWS, type Law } from './laws.js';
export type { AdapterHarness, HarnessFactory, NetworkFault } from './adapter-harness.js';
