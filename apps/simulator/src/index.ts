export { createSimulator, type Simulator } from './create-simulator.js';
export { SimulatorModule } from './simulator.module.js';
export type { RcsAgent, RcsOptions } from './rcs/rcs-options.js';
export type { SimulatorOptions } from './simulator-options.js';
