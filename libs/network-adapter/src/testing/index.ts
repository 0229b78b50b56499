export { describeAdapterLaws, type TestFramework } from './describe-adapter-laws.js';
export { LAW_GROUPS, LAWS } from './laws.js';
export type { Applicability, Law } from './law.js';
export { runLaw, runLaws, type AdapterReport, type LawReport, type Verdict } from './run-laws.js';
export type {
  AdapterHarness,
  DeliveredMessage,
  HarnessFactory,
  HarnessFaults,
  HarnessPhone,
  HarnessWebhooks,
  NetworkFault,
} from './adapter-harness.js';
export { NETWORK_FAULTS } from './adapter-harness.js';
