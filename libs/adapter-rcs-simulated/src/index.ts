export { RcsSimulatedAdapter, RCS_NETWORK } from './rcs-simulated-adapter.js';
export { RCS_CAPABILITIES } from './rcs-capabilities.js';
export { RCS_ERRORS, type RcsErrorMeaning } from './rcs-errors.js';
export { agentIdOf, type RcsAgent, type RcsSimulatedOptions } from './rcs-options.js';
