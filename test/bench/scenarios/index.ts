import type { Scenario } from '../scenario.js';
import { native } from './native.js';

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [native];
